"""A school's SAML provider, as allauth knows providers."""

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest
from django.urls import reverse

from matricula.lms.sign_on.asserting import Asserted


class SchoolSaml(SAMLProvider):  # type: ignore[misc]  # allauth has no types
    """Is told only what was checked; none of allauth's own addresses for SAML exist here."""

    def get_login_url(self, request: HttpRequest, **kwargs: str) -> str:
        """Return where the way to the provider begins."""
        del request
        address = reverse("sign_on", args=[self.app.provider_id])
        return f"{address}?{urlencode(kwargs)}" if kwargs else address

    def extract_uid(self, data: Asserted) -> str:
        """Return the subject, which finds the account."""
        return data.subject

    def extract_extra_data(self, data: Asserted) -> dict[str, Any]:
        """Return the student key alone: nothing else is kept."""
        return {"student_key": data.student_key}

    def extract_common_fields(self, data: Asserted) -> dict[str, Any]:
        """Return what an account is made of."""
        return {
            "username": data.username,
            "name": data.name,
            "email": data.email,
            "email_verified": data.email_is_proven,
        }
