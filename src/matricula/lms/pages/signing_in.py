"""Signing in and out with a password; the browser gets the token cookies with its session."""

from datetime import UTC, datetime

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import remove_token_cookies, set_token_cookies, sign_token


class SignIn(LoginView):
    """Asks for username and password, and goes where ``next`` says."""

    template_name = "pages/sign_in.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Begin the session, and hand out its token."""
        response = super().form_valid(form)
        account = form.get_user()
        assert isinstance(account, Account)  # noqa: S101  there are no others
        token = sign_token(account=account, at=datetime.now(UTC))
        set_token_cookies(response, token.text, lifetime_seconds=token.lifetime_seconds)
        return response


class SignOut(LogoutView):
    """Ends the session, and takes the token cookies."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Do both."""
        response = super().post(request, *args, **kwargs)
        remove_token_cookies(response)
        return response
