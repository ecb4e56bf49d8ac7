"""A school and the LMS that know each other."""

from typing import Any

from matricula.lms.organizations.api import Organization
from matricula.lms.sign_on.api import Protocol, ProviderDraft, add_saml_provider
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import give_saml_addresses, write_metadata
from tests import given
from tests.sign_on_with_saml.school import KEY_ATTRIBUTE, Asked, School


def connect(
    school: School,
    slug: str = "riveru",
    *,
    organization: Organization | None = None,
    takes_unasked: bool = False,
    source: str = "",
    **more: Any,  # noqa: ANN401  as ProviderDraft has them
) -> Provider:
    organization = organization or given.school()
    draft = ProviderDraft(
        slug=slug,
        organization_id=organization.pk,
        title=f"{organization.key} sign-in",
        protocol=Protocol.SAML,
        issuer="",
        key_claim=KEY_ATTRIBUTE,
        **more,
    )
    provider = add_saml_provider(
        draft=draft,
        document=school.metadata.encode(),
        source=source,
        takes_unasked=takes_unasked,
        by=given.OPERATOR,
        at=given.NOW,
    )
    school.trust(write_metadata(provider=provider))
    return provider


def asked_by(slug: str = "riveru", *, request_id: str | None = "_asked") -> Asked:
    ours = give_saml_addresses(slug=slug)
    return Asked(acs_url=ours.acs_url, entity_id=ours.entity_id, request_id=request_id)
