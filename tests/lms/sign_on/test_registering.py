from dataclasses import replace
from typing import Any

import pytest
from django.test import override_settings

from matricula.lms.access.api import PermissionMissing
from matricula.lms.sign_on.api import (
    InvalidProvider,
    Protocol,
    ProviderDraft,
    ProviderInUse,
    SlugTaken,
    UnknownProvider,
    add_provider,
    change_provider,
    get_outline,
    list_doors,
    list_providers,
    remove_provider,
    set_test_mode,
    switch_provider,
)
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.sealing import SealBroken, unseal
from matricula.lms.sign_on.signing_in import sign_in, speak_for
from tests import given
from tests.signing_on import provider

pytestmark = pytest.mark.django_db


def draft(**more: Any) -> ProviderDraft:  # noqa: ANN401  as ProviderDraft has them
    made = ProviderDraft(
        slug="riveru",
        organization_id=given.school().pk,
        title="River University",
        protocol=Protocol.OIDC,
        issuer="https://id.river.example.edu",
        key_claim="student_id",
        client_id="matricula",
        client_secret="a secret",
    )
    return replace(made, **more)


def test_a_provider_is_registered_and_has_a_button() -> None:
    add_provider(draft=draft(), by=given.OPERATOR, at=given.NOW)

    (door,) = list_doors()
    assert (door.slug, door.title) == ("riveru", "River University")
    outline = get_outline(slug="riveru", by=given.OPERATOR)
    assert (outline.organization, outline.is_on, outline.has_secret) == ("RiverU", True, True)
    assert "a secret" not in repr(outline)


def test_its_secret_is_kept_sealed() -> None:
    made = add_provider(draft=draft(), by=given.OPERATOR, at=given.NOW)

    assert "a secret" not in made.sealed_secret
    assert unseal(made.sealed_secret) == "a secret"
    with override_settings(SECRET_KEY="another"), pytest.raises(SealBroken):
        unseal(made.sealed_secret)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"slug": "River U"}, "slug"),
        ({"slug": "-river"}, "slug"),
        ({"slug": "r" * 51}, "slug"),
        ({"title": " "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"key_claim": ""}, "student key"),
        ({"issuer": ""}, "issuer"),
        ({"issuer": "http://id.river.example.edu"}, "https"),
        ({"issuer": "https://user@id.river.example.edu"}, "https"),
        ({"issuer": "javascript:alert(1)"}, "https"),
        ({"issuer": "https://id.river.example.edu/?a=b"}, "query"),
        ({"client_id": ""}, "client id"),
        ({"on_changed_key": "guess"}, "changed key"),
        ({"trusted_domains": ["@river.example.edu"]}, "trusted domain"),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidProvider, match=words):
        add_provider(draft=draft(**more), by=given.OPERATOR, at=given.NOW)


def test_a_slug_is_given_once() -> None:
    provider()

    with pytest.raises(SlugTaken):
        provider()


def test_a_school_may_have_several() -> None:
    provider("old")
    provider("new")

    assert [each.slug for each in list_providers(by=given.OPERATOR)] == ["new", "old"]


def test_no_secret_given_leaves_the_one_that_is_kept() -> None:
    provider()

    changed = change_provider(draft=draft(client_secret="", title="New"), by=given.OPERATOR)

    assert (changed.title, unseal(changed.sealed_secret)) == ("New", "a secret")


def test_school_and_protocol_stay() -> None:
    provider()

    for more in ({"organization_id": given.school("LakeU").pk}, {"protocol": Protocol.SAML}):
        with pytest.raises(InvalidProvider, match="stay"):
            change_provider(draft=draft(**more), by=given.OPERATOR)


def test_what_is_off_or_in_test_mode_has_no_button() -> None:
    provider("off")
    provider("trial")
    switch_provider(slug="off", is_on=False, by=given.OPERATOR)
    set_test_mode(slug="trial", is_test=True, by=given.OPERATOR)

    assert list_doors() == []


def test_what_was_used_is_not_removed() -> None:
    used, _ = provider("used"), provider("unused")
    sign_in(
        provider=used,
        asserted=Asserted(subject="s", student_key="k"),
        joining=None,
        by=speak_for(used),
        at=given.NOW,
    )

    remove_provider(slug="unused", by=given.OPERATOR)
    with pytest.raises(ProviderInUse):
        remove_provider(slug="used", by=given.OPERATOR)

    assert list(Provider.objects.values_list("slug", flat=True)) == ["used"]


def test_what_is_not_there_is_unknown() -> None:
    for act in (
        lambda: switch_provider(slug="none", is_on=True, by=given.OPERATOR),
        lambda: remove_provider(slug="none", by=given.OPERATOR),
        lambda: get_outline(slug="none", by=given.OPERATOR),
        lambda: change_provider(draft=draft(slug="none"), by=given.OPERATOR),
    ):
        with pytest.raises(UnknownProvider):
            act()


def test_it_needs_the_permission() -> None:
    by = given.holder_of("support", school_key=None)

    for act in (
        lambda: add_provider(draft=draft(), by=by, at=given.NOW),
        lambda: change_provider(draft=draft(), by=by),
        lambda: switch_provider(slug="riveru", is_on=True, by=by),
        lambda: remove_provider(slug="riveru", by=by),
        lambda: list_providers(by=by),
    ):
        with pytest.raises(PermissionMissing):
            act()


def test_a_school_signs_in_nobody_for_another_school() -> None:
    river, lake = provider(), provider("lake", school=given.school("LakeU"))

    with pytest.raises(PermissionMissing):
        sign_in(
            provider=river,
            asserted=Asserted(subject="s", student_key="k"),
            joining=None,
            by=speak_for(lake),
            at=given.NOW,
        )
