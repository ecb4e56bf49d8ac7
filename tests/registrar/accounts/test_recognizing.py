"""Who calls, by a token of the LMS."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.registrar.accounts import keeping_keys
from matricula.registrar.accounts.api import (
    Account,
    BadToken,
    forget_keys,
    read_token,
    recognize_caller,
)
from matricula.registrar.accounts.keeping_keys import PAUSE_SECONDS
from matricula.registrar.accounts.models import LmsKey
from matricula.registrar.accounts.remembering_keys import remember_keys
from matricula.service.refusals import Unavailable
from tests.registrar import given
from tests.registrar.publishing import KEY_ID, KeyServer, token_of, uuid_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    forget_keys()
    yield
    forget_keys()
    KeyServer.published = (KEY_ID,)


def left_out(claim: str) -> dict[str, Any]:
    return {claim: None}


def test_somebody_new_gets_an_account() -> None:
    token = token_of("mira", email="mira@riveru.example", email_verified=True, administrator=True)
    caller = recognize_caller(token=token, at=given.NOW)
    account = Account.objects.get()
    assert (caller.account, caller.may_write) == (account, True)
    assert (account.uuid, account.username) == (uuid_of("mira"), "mira")
    assert (account.verified_email, account.is_staff) == ("mira@riveru.example", True)
    assert not account.has_usable_password()


def test_somebody_known_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = token_of("mira")
    first = recognize_caller(token=token, at=given.NOW)
    with django_assert_num_queries(1):
        again = recognize_caller(token=token, at=given.NOW + timedelta(days=1))
    assert again.account == first.account
    assert again.account.seen_at == given.NOW


def test_what_the_lms_says_later_is_kept() -> None:
    recognize_caller(token=token_of("mira", administrator=True), at=given.NOW)
    recognize_caller(token=token_of("mira", email="m@hill.example"), at=given.NOW)
    account = Account.objects.get()
    assert (account.email, account.verified_email, account.is_staff) == (
        "m@hill.example",
        "",
        False,
    )


def test_a_namesake_is_somebody_else() -> None:
    """The LMS tells people apart by their ids; a username may be given again."""
    before = recognize_caller(token=token_of("mira"), at=given.NOW).account
    token = token_of("mira", sub=str(uuid_of("another")))
    now = recognize_caller(token=token, at=given.NOW).account
    before.refresh_from_db()
    assert (now.username, before.username) == ("mira", str(before.uuid))
    assert now != before


def test_a_token_without_word_of_the_address_leaves_it_unproven() -> None:
    token = token_of("mira", email_verified=None)
    assert recognize_caller(token=token, at=given.NOW).account.verified_email == ""


def test_a_token_for_reading_alone_says_so() -> None:
    assert not recognize_caller(token=token_of("m", scopes=["read"]), at=given.NOW).may_write
    assert recognize_caller(token=token_of("m", scopes=["read", "write"]), at=given.NOW).may_write


def test_a_closed_account_is_refused() -> None:
    recognize_caller(token=token_of("mira"), at=given.NOW)
    Account.objects.update(is_active=False)
    with pytest.raises(BadToken):
        recognize_caller(token=token_of("mira"), at=given.NOW)


@pytest.mark.parametrize("algorithm", ["RS512", "RS256"])
def test_both_algorithms_are_taken(algorithm: str) -> None:
    assert read_token(token_of("mira", algorithm=algorithm)).preferred_username == "mira"


@pytest.mark.parametrize("name", ["iss", "aud", "iat", "exp", "sub", "preferred_username"])
def test_what_a_token_must_say(name: str) -> None:
    with pytest.raises(BadToken):
        read_token(token_of("mira", **left_out(name)))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"sub": "17"},
        {"version": "2.0.0"},
        {"version": "²"},
        {"email_verified": "true"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        read_token(token_of("mira", **claims))


def test_the_older_name_of_the_username_will_do() -> None:
    token = token_of("mira", preferred_username=None, username="mira", version="1.0.0")
    assert recognize_caller(token=token, at=given.NOW).account.username == "mira"


def test_forged_tokens_are_refused(settings: Settings) -> None:
    other = token_of("mira", key_id="of-nobody")
    signed_by_secret = jwt.encode(
        jwt.decode(other, options={"verify_signature": False}),
        "x" * 64,
        "HS256",
        headers={"kid": KEY_ID},
    )
    unsigned = jwt.encode({"sub": str(uuid_of("mira"))}, "", "none", headers={"kid": KEY_ID})
    for token in (other, signed_by_secret, unsigned, "a.b.c", "", "x" * 9000, "é.ü.ö"):
        with pytest.raises(BadToken):
            read_token(token)


def test_a_new_key_is_found_without_waiting_for_the_old_ones_to_age(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_token(token_of("mira"))
    KeyServer.published = (KEY_ID, "second")
    monkeypatch.setattr(keeping_keys._kept, "asked_at", time.monotonic() - 2)
    assert read_token(token_of("mira", key_id="second")).preferred_username == "mira"


def test_whoever_invents_keys_does_not_keep_the_lms_busy() -> None:
    read_token(token_of("mira"))
    asked = KeyServer.asked
    for number in range(5):
        with pytest.raises(BadToken):
            read_token(token_of("mira", key_id=f"invented-{number}", signed_by=KEY_ID))
    assert KeyServer.asked == asked


AWAY = "http://127.0.0.1:9"


def begin_again() -> None:
    """As a process that has just been started: it knows what is in the database."""
    forget_keys()


def ask_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the LMS asked for the next token, as after a while."""
    for name in ("read_at", "asked_at"):
        monkeypatch.setattr(keeping_keys._kept, name, float("-inf"))


def test_while_the_lms_is_away_its_keys_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of("mira")
    read_token(token)
    settings.LMS_URL = AWAY
    ask_soon(monkeypatch)
    assert read_token(token).preferred_username == "mira"


def test_a_process_that_begins_while_the_lms_is_away_knows_its_keys(settings: Settings) -> None:
    token = token_of("mira")
    read_token(token)
    begin_again()
    settings.LMS_URL = AWAY
    assert read_token(token).preferred_username == "mira"
    with pytest.raises(Unavailable):  # a key that the LMS may have made since
        read_token(token_of("mira", key_id="newer"))


@pytest.mark.parametrize("has_begun_again", [True, False])
def test_keys_do_not_go_on_for_ever_without_the_lms(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, *, has_begun_again: bool
) -> None:
    token = token_of("mira")
    read_token(token)
    settings.LMS_URL, settings.KEY_HOURS = AWAY, 0
    if has_begun_again:
        begin_again()
    else:
        ask_soon(monkeypatch)
    with pytest.raises(Unavailable):
        read_token(token)


def test_what_is_remembered_is_what_the_lms_tells_now_and_public(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(KeyServer, "published", (KEY_ID, "second"))
    read_token(token_of("mira"))
    assert set(LmsKey.objects.values_list("key_id", flat=True)) == {KEY_ID, "second"}
    begin_again()
    monkeypatch.setattr(KeyServer, "published", ("second",))
    read_token(token_of("mira", key_id="second"))
    (kept,) = LmsKey.objects.all()
    assert (kept.key_id, set(kept.public)) == ("second", {"kty", "kid", "use", "n", "e"})


def test_a_private_half_is_never_kept() -> None:
    remember_keys([{"kid": "k", "kty": "RSA", "n": "x", "e": "y", "d": "secret"}], at=given.NOW)
    assert "d" not in LmsKey.objects.get().public


def test_an_lms_that_is_away_is_not_asked_for_each_token(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_token(token_of("mira"))
    settings.LMS_URL = AWAY
    ask_soon(monkeypatch)
    read_token(token_of("mira"))
    asked_at = keeping_keys._kept.asked_at
    monkeypatch.setattr(keeping_keys._kept, "asked_at", asked_at - PAUSE_SECONDS - 1)
    read_token(token_of("mira"))
    assert keeping_keys._kept.asked_at == asked_at - PAUSE_SECONDS - 1


def test_without_any_keys_it_is_the_lms_that_is_missing_and_not_the_token(
    settings: Settings,
) -> None:
    token = token_of("mira")
    working, settings.LMS_URL = settings.LMS_URL, AWAY
    with pytest.raises(Unavailable):
        read_token(token)
    settings.LMS_URL = working
    assert read_token(token).email  # at once: a failure is not kept
