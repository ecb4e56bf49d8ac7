"""A transaction's change set: who, through what, why, and which changes are under it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from matricula.lms.kernel.api import (
    Actor,
    ActorKind,
    Lock,
    Wanted,
    lock_until_commit,
    prepared_cursor,
    sent_together,
)
from matricula.lms.ledger.api import (
    REASON_LENGTH,
    Change,
    ChangeSet,
    InvalidReason,
    recorded,
    recording,
)
from tests import given
from tests.lms.kernel.seeing import count_statements, look, run
from tests.races.running import Running

UNNAMED = "has not named its change set"
MENTION_EMAIL = "INSERT INTO identity (kind, value, folded) VALUES ('email', %s, %s)"
SHARED = """
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock'
"""
SET = "SELECT set_config('matricula.change_set', %s, {})"


def mention(value: str) -> None:
    run(MENTION_EMAIL, value, value)


def mention_prepared(value: str) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(MENTION_EMAIL, [value, value])


def mention_and_fail(value: str) -> None:
    mention(value)
    raise RuntimeError


def mention_under(change_set_id: int, *, local: str = "true") -> None:
    run(SET.format(local), str(change_set_id))
    mention("b")


def authors() -> dict[str, str]:
    return {
        change.after["value"]: change.change_set.reason
        for change in Change.objects.select_related("change_set")
        if change.after is not None
    }


@pytest.mark.django_db
def test_a_change_set_says_who_through_what_why_and_when() -> None:
    by = Actor(kind=ActorKind.ACCOUNT, key="17", channel="rest", request_id="r-1")
    with recorded(by=by, at=given.NOW, reason="asked") as change_set_id:
        mention("a")
    found = ChangeSet.objects.get(pk=change_set_id)
    assert (found.actor, found.channel, found.reason) == ("account:17", "rest", "asked")
    assert (found.request_id, found.at) == ("r-1", given.NOW)
    assert found.transaction_id == look("SELECT txid_current()")[0][0]
    assert [change.change_set_id for change in Change.objects.all()] == [change_set_id]


@pytest.mark.django_db(transaction=True)
def test_naming_it_costs_one_statement_beside_the_transaction() -> None:
    def act() -> None:
        with recorded(by=given.OPERATOR, at=given.NOW):
            pass

    assert count_statements(act) == 3  # begin, the name, commit


@pytest.mark.django_db(transaction=True)
def test_the_name_may_be_sent_with_the_first_statements() -> None:
    with (
        recording(by=given.OPERATOR, at=given.NOW, reason="together") as change_set,
        sent_together(),
    ):
        change_set.name()
        mention_prepared("a")
    assert authors() == {"a": "together"}


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_lock_with_the_name_then_sees_what_its_holder_wrote() -> None:
    def act() -> list[tuple[int]]:
        with recording(by=given.OPERATOR, at=given.NOW) as change_set:
            change_set.name(Wanted(Lock.MENTION, 3, is_shared=True), Wanted(Lock.PROGRAM, 7))
            return look("SELECT count(*) FROM identity")

    with recorded(by=given.MAIL, at=given.NOW):
        lock_until_commit(Lock.PROGRAM, [7])
        other = Running(act)
        other.must_wait()
        assert look(SHARED) == [(3,)]
        mention("a")
    assert other.result() == [(1,)]
    assert look(SHARED) == []


@pytest.mark.django_db(transaction=True)
def test_until_it_is_sent_nothing_can_be_written() -> None:
    with (
        pytest.raises(IntegrityError, match=UNNAMED),
        recording(by=given.OPERATOR, at=given.NOW),
    ):
        mention("a")
    assert (ChangeSet.objects.count(), Change.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_after_an_act_whose_name_was_sent_so_the_outer_one_goes_on() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW, reason="outer"):
        with recording(by=given.MAIL, at=given.NOW, reason="inner") as inner, sent_together():
            inner.name()
            mention_prepared("first")
        mention("second")
    assert authors() == {"first": "inner", "second": "outer"}


@pytest.mark.django_db(transaction=True)
def test_a_change_set_ends_with_its_transaction() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW):
        mention("a")
    with pytest.raises(IntegrityError, match=UNNAMED):
        mention("b")


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_neither_rows_nor_change_set() -> None:
    with pytest.raises(RuntimeError), recorded(by=given.OPERATOR, at=given.NOW):
        mention_and_fail("a")
    assert (ChangeSet.objects.count(), Change.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_act_within_an_act_has_its_own_change_set() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW, reason="outer"):
        mention("first")
        with recorded(by=given.MAIL, at=given.NOW, reason="inner"):
            mention("second")
            with recorded(by=given.OPERATOR, at=given.NOW, reason="innermost"):
                mention("third")
            mention("fourth")
        mention("fifth")
    assert authors() == {
        "first": "outer",
        "second": "inner",
        "third": "innermost",
        "fourth": "inner",
        "fifth": "outer",
    }


@pytest.mark.django_db
def test_after_an_inner_act_that_failed_the_outer_one_goes_on() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW, reason="outer"):
        with pytest.raises(RuntimeError), recorded(by=given.MAIL, at=given.NOW, reason="inner"):
            mention_and_fail("lost")
        mention("kept")
    assert authors() == {"kept": "outer"}
    assert ChangeSet.objects.count() == 1


@pytest.mark.django_db
def test_an_act_within_a_transaction_leaves_no_name_behind() -> None:
    with transaction.atomic():
        with recorded(by=given.OPERATOR, at=given.NOW):
            mention("a")
        with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
            mention("b")


@pytest.mark.django_db(transaction=True)
def test_after_a_rolled_back_savepoint_there_is_no_change_set() -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        with recorded(by=given.OPERATOR, at=given.NOW) as lost:
            pass
        run(SET.format("true"), str(lost))
        transaction.savepoint_rollback(savepoint)
        with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
            mention("b")
        run(SET.format("true"), str(lost))
        with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
            mention("b")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("local", ["true", "false"])
def test_a_stale_change_set_is_none(local: str) -> None:
    with recorded(by=given.OPERATOR, at=given.NOW) as stale:
        mention("a")
    with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
        mention_under(stale, local=local)
    run(SET.format("false"), str(stale))
    try:
        with pytest.raises(IntegrityError, match=UNNAMED):
            mention("b")
    finally:
        run(SET.format("false"), "")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "0", "-1", "9223372036854775807"])
def test_a_number_that_is_no_change_set_is_none(name: str) -> None:
    run(SET.format("true"), name)
    with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
        mention("b")


NAMED_BY_HAND = """
INSERT INTO change_set (uuid, actor, channel, reason, request_id, at)
VALUES (gen_random_uuid(), 'operator:x', 'test', '', '', now()) RETURNING id
"""


@pytest.mark.django_db(transaction=True)
def test_the_change_set_of_another_transaction_is_none() -> None:
    other = connection.copy()
    other.ensure_connection()
    try:
        other.set_autocommit(autocommit=False)
        with other.cursor() as cursor:
            cursor.execute(NAMED_BY_HAND)
            theirs = cursor.fetchone()[0]
        with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
            mention_under(theirs)
        other.commit()
        with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
            mention_under(theirs)
    finally:
        other.close()


@pytest.mark.django_db
def test_the_moment_is_the_actors_and_the_writing_is_the_databases() -> None:
    long_ago = given.NOW - timedelta(days=4000)
    with recorded(by=given.OPERATOR, at=long_ago) as change_set_id:
        pass
    found = ChangeSet.objects.get(pk=change_set_id)
    assert found.at == long_ago
    assert look("SELECT now() <= %s AND %s <= clock_timestamp()", *[found.recorded_at] * 2) == [
        (True,)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["a\x1b[2J", "a\nb", "a\x00", "a\udcff", "x" * 2001])
def test_a_reason_that_cannot_be_kept_is_refused(reason: str) -> None:
    with pytest.raises(InvalidReason), recorded(by=given.OPERATOR, at=given.NOW, reason=reason):
        pass
    assert not ChangeSet.objects.filter(reason=reason[:1]).exists()


@pytest.mark.django_db
def test_a_long_reason_is_kept() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW, reason="\u00df" * REASON_LENGTH) as made:
        assert ChangeSet.objects.get(pk=made).reason == "\u00df" * 2000


@pytest.mark.django_db(transaction=True)
def test_a_change_set_that_has_ended_is_committed_before_its_block_is() -> None:
    with recording(by=given.OPERATOR, at=given.NOW) as change_set, prepared_cursor() as cursor:
        with sent_together():
            change_set.name()
            cursor.execute(MENTION_EMAIL, ["a", "a"])
            change_set.end()
        assert change_set.has_ended
        assert Running(authors).result() == {"a": ""}


@pytest.mark.django_db(transaction=True)
def test_within_another_transaction_it_ends_with_that_one() -> None:
    with transaction.atomic():
        with recording(by=given.OPERATOR, at=given.NOW) as change_set:
            change_set.name()
            mention("a")
            change_set.end()
            assert not change_set.has_ended
        assert Running(authors).result() == {}
    assert authors() == {"a": ""}


def send_and_end(statement: str, *, times: int) -> None:
    with (
        recording(by=given.OPERATOR, at=given.NOW) as change_set,
        prepared_cursor() as cursor,
        sent_together(),
    ):
        change_set.name()
        for _ in range(times):
            cursor.execute(statement, ["a", "a"])
        change_set.end()


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_before_its_end_leaves_nothing_and_the_connection_goes_on() -> None:
    with pytest.raises(IntegrityError):
        send_and_end(MENTION_EMAIL, times=2)
    assert authors() == {}
    with recorded(by=given.OPERATOR, at=given.NOW):
        mention("b")
    assert authors() == {"b": ""}


MENTION_OF_NOBODY = """
INSERT INTO identity (kind, organization_id, value, folded)
VALUES ('student_key', 987654321, %s, %s)
"""


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_is_refused_is_an_error() -> None:
    """Keys that refer to others are looked at when it commits."""
    with pytest.raises(IntegrityError):
        send_and_end(MENTION_OF_NOBODY, times=1)
    assert authors() == {}
    assert not connection.in_atomic_block
