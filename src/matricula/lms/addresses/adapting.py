"""What allauth asks of us about accounts: our rules in its words."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.addresses.keeping import keep_own_address, may_reset_by
from matricula.lms.addresses.mailing import post_mail
from matricula.lms.addresses.models import Answer
from matricula.lms.addresses.sweeping import answer_proofs_of
from matricula.lms.addresses.verifying import verify_address
from matricula.lms.identities.api import find_address
from matricula.lms.kernel.api import Actor, ActorKind, fold
from matricula.service.rate_limits.api import locate_caller
from matricula.service.tracing import request_id_of

MISMATCH = _("Name and password do not fit together.")
IMPOSSIBLE = _("Mail cannot be sent to such an address.")

TOLD = {
    Answer.BOUND: (
        messages.SUCCESS,
        _("Your address {} is verified. What was waiting for it is yours now."),
    ),
    Answer.REFUSED: (
        messages.WARNING,
        _(
            "You have shown that you read {}. But what was made for that address is already with "
            "another account, so it was not moved here. Support has been told and will decide. "
            "If the other account is yours as well, sign in there instead."
        ),
    ),
    Answer.UNUSABLE: (
        messages.WARNING,
        _("The address {} cannot be verified as it is written. Remove it, and add it again."),
    ),
    None: (
        messages.SUCCESS,
        _("Your address {} is verified. What was waiting for it will be here in a few minutes."),
    ),
}

NOWHERE = "::"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by our own operations, mail by our own queue, and addresses that we can fold."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        **dict.fromkeys(("email_password_mismatch", "username_password_mismatch"), MISMATCH),
        "duplicate_email": _("You have that address already."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_password": _("That is not your password."),
        "max_email_addresses": _("You cannot have more than %d addresses."),
        "username_taken": _("Somebody has that username already. Choose another."),
    }

    def clean_email(self, email: str) -> str:
        """Return the address in the one spelling that is mailed to and compared.

        Both must be the same, or whoever reads one address would prove another.
        """
        folded = fold(super().clean_email(email))
        is_plain = folded == folded.lower() and folded.rpartition("@")[0].isascii()
        if not is_plain or find_address(folded) is None:
            raise ValidationError(IMPOSSIBLE)
        return folded

    def save_user(
        self,
        request: HttpRequest,
        user: Account,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002  allauth's signature
    ) -> Account:
        """Make the account that a form asks for.

        Raises:
            InvalidAccount, UsernameTaken: it cannot be made so.
        """
        del request, user, commit
        given = form.cleaned_data
        wanted = NewAccount(
            username=given["username"],
            email=given["email"],
            password=given.get("password1"),
            name=given.get("name", ""),
        )
        return create_accounts(accounts=[wanted], at=datetime.now(UTC))[0]

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Verify an address, bind what it proves, and tell the person."""
        answer = verify_address(
            address_id=email_address.pk,
            account_id=email_address.user_id,
            by=_act_by_mail(request),
            at=datetime.now(UTC),
        )
        level, words = TOLD[answer]
        self.add_message(request, level, message=words.format(email_address.email))
        return answer is not Answer.UNUSABLE

    def login(self, request: HttpRequest, user: Account) -> None:
        """Begin the session; the account's own address is one of its addresses from then on.

        What a school has just proven is taken up before the first page is shown.
        """
        at = datetime.now(UTC)
        keep_own_address(account=user, at=at)
        answer_proofs_of(account_id=user.pk, by=_act_by_mail(request), at=at)
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have a mail delivered once what it tells of is stored."""
        more = {"email": email, "site": settings.LMS_URL, **context}
        message = self.render_mail(template_prefix, email, more)
        post_mail(message=message, at=datetime.now(UTC))

    def send_password_reset_mail(self, user: Account, email: str, context: dict[str, Any]) -> None:
        """Send the link, unless the account is somebody else's who only gave this address.

        Whoever takes such an account over would share it with them: they have other ways in.
        """
        if may_reset_by(account=user, email=email):
            super().send_password_reset_mail(user, email, context)
        else:
            self.send_mail("account/email/unknown_account", email, {})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:  # noqa: ANN401  one of several of allauth's
        """Return the link to verify by; where we are is a setting, not what a request says."""
        del request
        return settings.LMS_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to a new password, as above."""
        user, _, token = key.partition("-")
        return settings.LMS_URL + reverse("account_reset_password_from_key", args=[user, token])

    def is_safe_url(self, url: str | None) -> bool:
        """Whether one may be sent there: this host, and the front ends."""
        if url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={self.request.get_host()},
            require_https=self.request.is_secure(),
        ):
            return True
        origins = set(settings.FRONT_END_ORIGINS)
        hosts = {urlsplit(origin).netloc for origin in origins}
        if not url_has_allowed_host_and_scheme(url, allowed_hosts=hosts):
            return False
        parts = urlsplit(url or "")
        return f"{parts.scheme}://{parts.netloc}" in origins

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from, as requests are counted; ``::`` if that is unknown.

        Of an IPv6 network its first address.
        """
        found = locate_caller(
            remote=request.META.get("REMOTE_ADDR", ""),
            forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.PROXIES,
        )
        address, _, _ = found.partition("/")
        return address if _is_valid_address(address) else NOWHERE

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages are answered as pages: nothing of ours asks for them otherwise."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where one lands with a new password."""
        del request
        return reverse("home")


def _is_valid_address(text: str) -> bool:
    """Tell whether a text is a network address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _act_by_mail(request: HttpRequest) -> Actor:
    """Return the one who says that an address is somebody's."""
    return Actor(
        kind=ActorKind.SIGN_ON, key="mail", channel="pages", request_id=request_id_of(request)
    )
