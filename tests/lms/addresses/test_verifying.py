"""Verifying an address, from the mailed link to what it holds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.addresses import verifying
from matricula.lms.addresses.api import (
    AddressProof,
    Answer,
    Standing,
    UnknownAddress,
    list_addresses,
    sweep_proofs,
    verify_address,
)
from matricula.lms.identities.api import BindingConflict, Identity, email_address
from matricula.lms.integrity.api import check_integrity
from tests import given
from tests.browsing import PASSWORD, a_browser, an_account, last_link, register, send_form, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(
    settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_capture_on_commit_callbacks(execute=True):
        yield


def registered(
    browser: Client, capture: DjangoCaptureOnCommitCallbacks, *username: str, **fields: str
) -> Any:  # noqa: ANN401  Django's test answers have no public type
    with capture(execute=True):
        return register(browser, *username, **fields)


def address_of(account: Account) -> EmailAddress:
    return EmailAddress.objects.get(user=account)


def verified(account: Account) -> Answer | None:
    found = address_of(account)
    return verify_address(address_id=found.pk, account_id=account.pk, by=given.MAIL, at=given.NOW)


def holder(email: str) -> int | None:
    return Identity.objects.get(kind="email", folded=email).account_id


def with_address(username: str, email: str) -> Account:
    made = an_account(username, email=email)
    EmailAddress.objects.create(user=made, email=email, primary=True)
    return made


def test_whoever_registers_and_follows_the_link_has_what_waited(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    run = given.course_run()
    given.granted(email_address("Mira@Example.org"), run=run)
    browser = a_browser()
    answer = registered(browser, django_capture_on_commit_callbacks)
    assert answer["Location"] == "/dashboard"
    before = browser.get("/dashboard").content.decode()
    assert "Verify" in before
    assert run.key not in before

    link = last_link(to="mira@example.org")
    assert "Yes, it is mine" in browser.get(link).content.decode()
    assert send_form(browser, link)["Location"] == "/dashboard"

    after = browser.get("/dashboard").content.decode()
    assert run.key in after
    assert "to take up what waits" not in after
    assert holder("mira@example.org") == Account.objects.get(username="mira").pk


def test_an_address_that_nobody_verified_holds_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    given.granted(email_address("mira@example.org"), run=given.course_run())
    registered(a_browser(), django_capture_on_commit_callbacks)
    assert holder("mira@example.org") is None


def test_the_link_is_for_the_account_that_asked_for_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """A stranger who registers with your address needs more than your click."""
    registered(
        a_browser(),
        django_capture_on_commit_callbacks,
        "stranger",
        email="mira@example.org",
    )
    link = last_link(to="mira@example.org")
    nobody = a_browser().get(link)
    assert nobody["Location"].startswith("/login?next=/verify/")
    an_account("mira")
    mira = a_browser()
    sign_in(mira)
    refused = mira.get(link)
    assert refused.status_code == 403
    assert "another account" in refused.content.decode()
    assert mira.get("/dashboard").status_code == 200, "a link signs nobody out"
    assert not Identity.objects.filter(kind="email").exists()


def test_a_link_that_is_old_or_made_up_says_so(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, settings: Settings
) -> None:
    browser = a_browser()
    registered(browser, django_capture_on_commit_callbacks)
    link = last_link(to="mira@example.org")
    assert browser.get("/verify/x:y:z").status_code == 404
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = -1
    assert browser.get(link).status_code == 404


def test_confirming_twice_changes_nothing() -> None:
    mira = with_address("mira", "mira@example.org")
    assert [verified(mira), verified(mira)] == [Answer.BOUND, Answer.BOUND]
    assert AddressProof.objects.count() == 1


def test_an_address_of_somebody_else_cannot_be_verified() -> None:
    mira = with_address("mira", "mira@example.org")
    other = an_account("other")
    with pytest.raises(UnknownAddress):
        verify_address(
            address_id=address_of(mira).pk, account_id=other.pk, by=given.MAIL, at=given.NOW
        )


def test_a_second_account_that_proves_it_is_refused_and_support_sees_both() -> None:
    first = with_address("first", "shared@example.org")
    second = with_address("second", "shared@example.org")
    assert verified(first) is Answer.BOUND
    assert verified(second) is Answer.REFUSED
    conflict = BindingConflict.objects.get()
    assert (conflict.holder_id, conflict.claimant_id) == (first.pk, second.pk)
    (shown,) = list_addresses(account_id=second.pk, by=given.acting(second))
    assert shown.standing is Standing.ELSEWHERE
    assert holder("shared@example.org") == first.pk


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mira@EXAMPLE.org", "mira@example.org"),
        ("mira@b\u00fccher.example", "mira@b\u00fccher.example"),
        ("mira@bu\u0308cher.example", "mira@b\u00fccher.example"),
        ("mira@stra\u00dfe.example", "mira@strasse.example"),
        ("mi\u212a@example.org", "mik@example.org"),
    ],
)
def test_mail_goes_to_the_very_spelling_that_is_compared(
    typed: str, kept: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Or whoever owns a domain that only looks the same could prove somebody else's address."""
    registered(a_browser(), django_capture_on_commit_callbacks, email=typed)
    assert EmailAddress.objects.get().email == kept
    assert [message.to for message in mail.outbox] == [[kept]]


def test_an_address_kept_in_another_spelling_proves_nothing() -> None:
    mira = with_address("mira", "mira@stra\u00dfe.example")
    given.granted(email_address("mira@strasse.example"), run=given.course_run())
    assert verified(mira) is Answer.UNUSABLE
    assert holder("mira@strasse.example") is None


def test_a_removed_address_keeps_what_it_has_brought(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    mira = with_address("mira", "mira@example.org")
    EmailAddress.objects.create(user=mira, email="old@example.org")
    old = EmailAddress.objects.get(email="old@example.org")
    verify_address(address_id=old.pk, account_id=mira.pk, by=given.MAIL, at=given.NOW)
    browser = a_browser()
    sign_in(browser)
    asked = send_form(browser, "/account/addresses", email="old@example.org", action_remove="")
    assert asked["Location"] == "/account/again?next=%2Faccount%2Faddresses"
    assert EmailAddress.objects.filter(email="old@example.org").exists()
    with django_capture_on_commit_callbacks(execute=True):
        send_form(browser, asked["Location"], password=PASSWORD)
    assert mail.outbox[-1].subject == "An address was removed"
    assert not EmailAddress.objects.filter(email="old@example.org").exists()
    assert holder("old@example.org") == mira.pk


def test_what_fails_is_kept_and_tried_again_and_fails_no_verification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mira = with_address("mira", "mira@example.org")

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(verifying, "bind_identity", fail)
        assert verified(mira) is None
        assert sweep_proofs(by=given.MAIL, at=given.NOW) == {"unanswered": 1}
    assert address_of(mira).verified
    (shown,) = list_addresses(account_id=mira.pk, by=given.acting(mira))
    assert shown.standing is Standing.COMING
    assert AddressProof.objects.get().tries == 2
    assert sweep_proofs(by=given.MAIL, at=given.NOW) == {"bound": 1}
    assert holder("mira@example.org") == mira.pk


def test_what_keeps_failing_is_found() -> None:
    mira = with_address("mira", "mira@example.org")
    long_ago = given.NOW - timedelta(days=3650)
    AddressProof.objects.create(address=address_of(mira), proven_at=long_ago)
    found = {each.invariant: each.count for each in check_integrity(by=given.OPERATOR)}
    assert found["a-proven-address-is-answered-within-an-hour"] == 1


def test_an_address_that_others_marked_as_verified_is_taken_up() -> None:
    mira = with_address("mira", "mira@example.org")
    EmailAddress.objects.filter(user=mira).update(verified=True)
    assert sweep_proofs(by=given.MAIL, at=given.NOW) == {"bound": 1}
    assert sweep_proofs(by=given.MAIL, at=given.NOW) == {}


def test_only_the_mail_may_say_so() -> None:
    mira = with_address("mira", "mira@example.org")
    for act in (
        lambda: verify_address(
            address_id=1, account_id=mira.pk, by=given.acting(mira), at=given.NOW
        ),
        lambda: sweep_proofs(by=given.acting(mira), at=given.NOW),
    ):
        with pytest.raises(Exception, match="may not identities:assert"):
            act()


def test_who_was_forgotten_may_come_back_and_finds_nothing_of_before() -> None:
    mira = with_address("mira", "mira@example.org")
    given.granted(email_address("mira@example.org"), run=given.course_run())
    verified(mira)
    given.retired(mira)
    again = with_address("again", "mira@example.org")
    assert verified(again) is Answer.BOUND
    held = Identity.objects.filter(account=again).values_list("folded", flat=True)
    assert list(held) == ["mira@example.org"]
    assert "Nothing here yet" in _dashboard_of(again)


def _dashboard_of(account: Account) -> str:
    browser = Client()
    browser.force_login(account)
    return browser.get("/dashboard").content.decode()
