"""Confirming addresses: the page behind a mailed link, and the list of one's addresses."""

from typing import Any

from allauth.account import views as theirs
from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from matricula.lms.addresses.api import find_address_of_key, list_addresses
from matricula.lms.pages.acting import account_of, act_as


@login_required
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """Ask whether the link's address is theirs, and take their word: they read its mail.

    Only whoever is signed in to the account that wants it may confirm: a stranger who gives your
    address as theirs needs your password here, not only your click.
    """
    address = find_address_of_key(key=key)
    if address is None:
        return render(request, "account/email_confirm.html", {"is_over": True}, status=404)
    if address.user_id != request.user.pk:
        return render(request, "account/email_confirm.html", {"is_another": True}, status=403)
    if request.method == "POST":
        get_adapter(request).confirm_email(request, address)
        return redirect("dashboard")
    return render(request, "account/email_confirm.html", {"address": address.email})


class Addresses(theirs.EmailView):
    """One's addresses: adding, verifying, removing, and which is written to."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  Django's
        """Only list them for whoever looks as somebody: the rest may write."""
        if getattr(request, "masquerade", None):
            found = list_addresses(account_id=account_of(request).pk, by=act_as(request))
            return render(request, self.template_name, {"addresses": found})
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  Django's
        """Add what each address means."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        by = act_as(self.request)
        context["addresses"] = list_addresses(account_id=self.request.user.pk, by=by)
        return context
