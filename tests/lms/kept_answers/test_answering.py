"""Idempotency keys: what is sent twice is done once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from matricula.lms.accounts.api import Account, UsernameTaken
from matricula.lms.kept_answers.answering import KEPT_FOR
from matricula.lms.kept_answers.api import (
    Answered,
    InvalidKey,
    KeyUsedOtherwise,
    StillRunning,
    answer_once,
    forget_answers,
)
from matricula.lms.kept_answers.models import KeptAnswer
from matricula.lms.organizations.api import Organization
from tests import given
from tests.given import NOW
from tests.races.running import Running, at_once, kill

pytestmark = pytest.mark.django_db

MADE = Answered(201, {"Location": "/x"}, b'{"made":"LakeU"}')


def make_school() -> Answered:
    given.school("LakeU")
    return MADE


def answered(
    who: Account,
    carry_out: Callable[[], Answered] = make_school,
    *,
    key: str = "k-1",
    digest: bytes = b"d",
) -> Answered:
    return answer_once(account_id=who.pk, key=key, digest=digest, at=NOW, carry_out=carry_out)


def is_made() -> bool:
    return Organization.objects.filter(key="LakeU").exists()


def never() -> Answered:
    raise AssertionError("it was carried out again")


def refuse() -> Answered:
    make_school()
    return Answered(409, {}, b"{}")


def malfunction() -> Answered:
    make_school()
    return Answered(500, {}, b"{}")


def test_the_same_request_is_answered_alike_and_carried_out_once() -> None:
    mira = given.account()
    first = answered(mira)
    again = answered(mira, never)
    assert (first, first.is_kept) == (MADE, False)
    assert again == Answered(MADE.status, MADE.headers, MADE.body, is_kept=True)
    assert is_made()


def test_another_request_under_the_key_is_refused() -> None:
    mira = given.account()
    answered(mira)
    with pytest.raises(KeyUsedOtherwise):
        answered(mira, never, digest=b"other")
    assert answered(mira, never).is_kept


def test_keys_are_each_accounts_own() -> None:
    answered(given.account("mira"))
    assert not answered(given.account("noah")).is_kept


def test_another_key_is_another_request() -> None:
    mira = given.account()
    answered(mira)
    assert not answered(mira, key="k-2").is_kept


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\nb", "a\0b", "\x7f"])
def test_a_key_must_be_plain(key: str) -> None:
    mira = given.account()
    with pytest.raises(InvalidKey):
        answered(mira, never, key=key)
    assert answered(mira, key="x" * 255) == MADE


def test_a_refusal_is_kept_and_what_it_began_is_undone() -> None:
    mira = given.account()
    assert answered(mira, refuse).status == 409
    assert not is_made()
    assert answered(mira, never) == Answered(409, {}, b"{}", is_kept=True)


def test_a_malfunction_is_undone_and_not_kept() -> None:
    mira = given.account()
    assert answered(mira, malfunction).status == 500
    assert not is_made()
    assert answered(mira) == MADE


def test_whatever_is_raised_undoes_everything() -> None:
    mira = given.account()

    def fail() -> Answered:
        make_school()
        raise UsernameTaken("taken")

    with pytest.raises(UsernameTaken):
        answered(mira, fail)
    assert not is_made()
    assert not KeptAnswer.objects.exists()
    assert answered(mira) == MADE


def test_answers_are_forgotten_after_a_week() -> None:
    mira = given.account()
    answered(mira)
    assert forget_answers(at=NOW + KEPT_FOR) == 0
    assert forget_answers(at=NOW + KEPT_FOR + timedelta(seconds=1)) == 1
    assert not answered(mira).is_kept


@pytest.mark.django_db(transaction=True)
def test_while_it_is_carried_out_nobody_else_begins_it() -> None:
    mira = given.account()
    first = Running(lambda: answered(mira), before='INSERT INTO "kept_answer"')
    with pytest.raises(StillRunning):
        answered(mira, never)
    with pytest.raises(StillRunning):
        answered(mira, never, digest=b"other")
    assert not answered(mira, key="k-2", carry_out=lambda: MADE).is_kept
    assert not is_made()
    assert first.result() == MADE
    assert answered(mira, never).is_kept


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_carries_it_out() -> None:
    mira = given.account()
    carried_out: list[int] = []

    def count() -> Answered:
        carried_out.append(1)
        return make_school()

    def try_() -> str:
        try:
            return "kept" if answered(mira, count).is_kept else "made"
        except StillRunning:
            return "running"

    found = at_once(*[try_] * 8)
    assert found.count("made") == len(carried_out) == 1
    assert Organization.objects.count() == KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_was_killed_in_the_middle_was_never_made() -> None:
    mira = given.account()
    first = Running(lambda: answered(mira), after='INSERT INTO "kept_answer"')
    kill(first)
    first.join()
    assert first.error is not None
    assert not is_made()
    assert not KeptAnswer.objects.exists()
    assert answered(mira) == MADE


@pytest.mark.django_db(transaction=True)
def test_its_lock_ends_with_it() -> None:
    answered(given.account())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
