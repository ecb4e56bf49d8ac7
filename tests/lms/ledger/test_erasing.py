"""Erasing overwrites what named a person; rows, their order and their number stay."""

import pytest
from django.db import IntegrityError, transaction

from matricula.lms.ledger.api import Change, ChangeSet, erase_from_ledger, recorded
from tests import given
from tests.lms.kernel.seeing import look, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def identity_id() -> int:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound("rv-2", mira)
    found: int = look("SELECT id FROM identity WHERE value = 'rv-1'")[0][0]
    return found


def erase(identity_id: int, *words: str) -> None:
    erase_from_ledger(
        subject="identity", replacements={identity_id: {"value": "gone"}}, words=words
    )


def reason_after(identity_id: int | None, reason: str, *words: str) -> str:
    """Erase words; the change set with that reason touched the identity, or (None) it did not."""
    with recorded(by=given.OPERATOR, at=given.NOW, reason=reason) as change_set_id:
        run("UPDATE identity SET value = value || '!' WHERE id = %s", identity_id)
    replacements = {} if identity_id is None else {identity_id: {"value": "gone"}}
    erase_from_ledger(subject="identity", replacements=replacements, words=words)
    return ChangeSet.objects.get(pk=change_set_id).reason


def test_the_fields_are_overwritten_before_and_after(identity_id: int) -> None:
    with recorded(by=given.OPERATOR, at=given.NOW):
        run(
            "UPDATE identity SET account_id = NULL, bound_at = NULL, bound_via = NULL"
            " WHERE id = %s",
            identity_id,
        )
    count = Change.objects.count()
    erase(identity_id)
    changes = Change.objects.filter(subject="identity", row_id=identity_id).order_by("pk")
    assert [(c.before and c.before["value"], c.after and c.after["value"]) for c in changes] == [
        (None, "gone"),
        ("gone", "gone"),
    ]
    assert Change.objects.count() == count


def test_other_rows_and_other_fields_stay(identity_id: int) -> None:
    erase(identity_id)
    assert Change.objects.filter(after__value="rv-2").count() == 1
    mine = Change.objects.get(row_id=identity_id, subject="identity")
    assert mine.after is not None
    assert (mine.after["folded"], mine.after["kind"]) == ("rv-1", "student_key")


def test_a_side_that_is_missing_stays_missing(identity_id: int) -> None:
    erase(identity_id)
    assert Change.objects.get(row_id=identity_id, subject="identity").before is None


def test_rows_of_another_table_with_that_number_stay(identity_id: int) -> None:
    erase_from_ledger(
        subject="course_role", replacements={identity_id: {"value": "gone"}}, words=[]
    )
    assert not Change.objects.filter(after__value="gone").exists()


@pytest.mark.parametrize(
    ("reason", "words", "left"),
    [
        ("rv-1 wrote in", ["rv-1"], "[erased] wrote in"),
        ("asked by RV-1, again rv-1.", ["rv-1"], "asked by [erased], again [erased]."),
        ("rv-11 is somebody else", ["rv-1"], "rv-11 is somebody else"),
        ("rv-1 and rv-1a", ["rv-1", "rv-1a"], "[erased] and [erased]"),
        ("a+b (x) [y] \\1", ["a+b", "(x)", "[y]", "\\1"], "[erased] [erased] [erased] [erased]"),
        ("Zoë Ångström", ["zoë ångström"], "[erased]"),
        ("nothing here", ["rv-1"], "nothing here"),
        ("", ["rv-1"], ""),
    ],
)
def test_words_are_erased_from_reasons(
    identity_id: int, reason: str, words: list[str], left: str
) -> None:
    assert reason_after(identity_id, reason, *words) == left


def test_what_can_only_be_a_name_is_erased_everywhere() -> None:
    words = ["mira@example.org", "rv-0001", "Mira Okafor", "20310042"]
    assert reason_after(None, f"for {', '.join(words)}", *words) == (
        "for [erased], [erased], [erased], [erased]"
    )


def test_what_may_be_a_plain_word_stays_where_others_are_spoken_of() -> None:
    reason = "Will be unchanged for 7 days, students of 2031"
    assert reason_after(None, reason, "Will", "7", "2031", "students") == reason


def test_the_ledger_is_closed_again_afterwards(identity_id: int) -> None:
    erase(identity_id, "rv-1")
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        run("UPDATE change SET row_id = 2")
