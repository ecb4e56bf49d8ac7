"""Signing in and out with a password; the browser gets the token cookies with its session."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from matricula.lms.accounts.api import Account, map_account_ids
from matricula.lms.clients.api import remove_token_cookies, set_token_cookies, sign_token
from matricula.lms.rate_limits.api import count_request, locate_caller

PASSWORDS_PER_MINUTE = 10
"""Passwords that may be tried for one account, from wherever."""


class SignIn(LoginView):
    """Asks for username and password, and goes where ``next`` says.

    That is an address of this host or of one of the front ends, and nowhere else.
    """

    template_name = "pages/sign_in.html"

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """Say which other hosts ``next`` may name."""
        super().setup(request, *args, **kwargs)
        self.success_url_allowed_hosts = {
            origin.partition("://")[2] for origin in settings.FRONT_END_ORIGINS
        }

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Try the password, unless too many were."""
        if seconds := _count_try(request):
            page = self.get_context_data(form=self.get_form_class()(request), seconds=seconds)
            response = render(request, self.template_name, page, status=429)
            response["Retry-After"] = str(seconds)
            return response
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Begin the session, and hand out its token."""
        response = super().form_valid(form)
        account = form.get_user()
        assert isinstance(account, Account)  # noqa: S101  there are no others
        token = sign_token(account=account, at=datetime.now(UTC))
        set_token_cookies(response, token.text, lifetime_seconds=token.lifetime_seconds)
        return response


class SignOut(LogoutView):
    """Ends the session, and takes the token cookies.

    Front ends send people here by a link; only a button of ours does it, for a link may be
    anybody's.
    """

    http_method_names = ["get", "post", "options"]  # noqa: RUF012  as Django has it

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Ask whether they mean it."""
        del args, kwargs
        return render(request, "pages/sign_out.html")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Do both."""
        response = super().post(request, *args, **kwargs)
        remove_token_cookies(response)
        return response


class Home(TemplateView):
    """Says who is signed in."""

    template_name = "pages/home.html"


def answer_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that cannot prove to be one of our own."""
    del reason
    return render(request, "pages/forgery.html", status=403)


def _count_try(request: HttpRequest) -> int | None:
    """Count a try for the address and for the account; return the seconds to wait, if any."""
    at = datetime.now(UTC)
    address = locate_caller(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.PROXIES,
    )
    limits = {f"sign-in:address:{address}": settings.TRIES_PER_MINUTE}
    for account_id in map_account_ids(usernames=[request.POST.get("username", "")]).values():
        limits[f"sign-in:account:{account_id}"] = PASSWORDS_PER_MINUTE
    waits = [count_request(caller=who, limit=limit, at=at) for who, limit in limits.items()]
    return max((seconds for seconds in waits if seconds is not None), default=None)
