import pytest
from django.test import override_settings

from matricula.lms.access.api import PermissionMissing
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.sign_on.api import (
    InvalidMetadata,
    NoMetadataAddress,
    NoSamlProvider,
    Refreshed,
    refresh_saml_metadata,
)
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import read_stored, write_metadata
from tests import given
from tests.sign_on_with_saml.connecting import connect
from tests.sign_on_with_saml.school import School
from tests.signing_on import provider

pytestmark = pytest.mark.django_db


def refresh(document: str | None, slug: str = "riveru") -> Refreshed:
    encoded = None if document is None else document.encode()
    return refresh_saml_metadata(slug=slug, document=encoded, by=given.OPERATOR, at=given.NOW)


def test_a_provider_is_registered_by_its_metadata(school: School) -> None:
    connect(school, takes_unasked=True, source="https://idp.river.example/metadata")

    stored = Provider.objects.get()
    assert (stored.issuer, stored.client_id) == (school.entity_id, "")
    kept = read_stored(stored)
    assert (kept.sso_url, len(kept.certificates)) == (school.sso_url, 1)
    assert kept.takes_unasked


def test_another_certificate_follows_and_the_operators_words_stay(
    school: School, stranger: School
) -> None:
    connect(school, takes_unasked=True)

    assert refresh(stranger.metadata) == Refreshed(added=1, removed=1, kept=0, moved=False)
    assert read_stored(Provider.objects.get()).takes_unasked


def test_metadata_of_another_provider_is_refused(school: School) -> None:
    connect(school)
    other = school.metadata.replace(school.entity_id, "https://idp.other.example/")

    with pytest.raises(InvalidMetadata, match="another provider"):
        refresh(other)


def test_metadata_that_came_as_a_file_has_to_be_given_again(school: School) -> None:
    connect(school)

    with pytest.raises(NoMetadataAddress):
        refresh(None)


def test_only_saml_providers_have_metadata() -> None:
    provider("oidc")

    with pytest.raises(NoSamlProvider):
        refresh("<a/>", slug="oidc")


def test_whoever_may_not_manage_sign_on_refreshes_nothing(school: School) -> None:
    connect(school)
    somebody = Actor(kind=ActorKind.ACCOUNT, key="7", channel="test", account_id=7)

    with pytest.raises(PermissionMissing):
        refresh_saml_metadata(
            slug="riveru", document=school.metadata.encode(), by=somebody, at=given.NOW
        )


@override_settings(LMS_URL="https://learn.example.org/lms")
def test_an_lms_below_a_path_is_known_by_it(school: School) -> None:
    metadata = write_metadata(provider=connect(school))

    assert "https://learn.example.org/lms/sign-on/riveru/acs/" in metadata
