"""Every write of a ledgered table leaves its change, and none goes without a change set."""

import json
from collections.abc import Callable

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import errors

from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import Change, ChangeSet, recorded
from tests import given
from tests.lms.kernel.seeing import LEDGERED, count_rows, list_changes, look, run

pytestmark = pytest.mark.django_db

UNNAMED = "has not named its change set"

INSERTS = {
    "identity": """
        INSERT INTO identity (kind, value, folded) VALUES ('email', 'B@x.org', 'b@x.org')
    """,
    "program_enrollment": """
        INSERT INTO program_enrollment
            (identity_id, program_id, curriculum_id, status, created_at, modified_at)
        SELECT i.id, c.program_id, c.id, 'enrolled', now(), now()
        FROM identity i, curriculum c WHERE i.value = 'rv-2'
    """,
    "course_enrollment": """
        INSERT INTO course_enrollment
            (identity_id, course_run_id, mode, is_active, created_at, modified_at)
        SELECT i.id, run.id, 'audit', true, now(), now()
        FROM identity i, course_run run WHERE i.value = 'rv-2'
    """,
    "course_role": """
        INSERT INTO course_role (identity_id, course_run_id, role, created_at)
        SELECT i.id, run.id, 'staff', now() FROM identity i, course_run run WHERE i.value = 'rv-2'
    """,
}

UPDATES = {
    "identity": "UPDATE identity SET value = 'RV-1' WHERE value = 'rv-1'",
    "program_enrollment": "UPDATE program_enrollment SET status = 'ended'",
    "course_enrollment": "UPDATE course_enrollment SET is_active = false",
    "course_role": "UPDATE course_role SET created_at = created_at + interval '1 day'",
}

DELETES = {
    "identity": "DELETE FROM identity WHERE value = 'rv-2'",
    "program_enrollment": """
        DELETE FROM course_role; DELETE FROM course_enrollment; DELETE FROM program_enrollment
    """,
    "course_enrollment": "DELETE FROM course_enrollment",
    "course_role": "DELETE FROM course_role",
}


@pytest.fixture(autouse=True)
def _world() -> None:
    """rv-1 has a program, a course of it and a role there; rv-2 is a name alone."""
    hyd = given.course_run()
    program = given.program(runs=[hyd])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=hyd, course_staff="true")
    given.bound("rv-2", given.account("noah"))


def row_of(subject: str, where: str = "true") -> dict[str, object]:
    rows = look(f"SELECT to_jsonb(t)::text FROM {subject} t WHERE {where} ORDER BY id DESC")
    found: dict[str, object] = json.loads(rows[0][0])
    return found


def write(*statements: str) -> int:
    with recorded(by=given.OPERATOR, at=given.NOW) as change_set_id:
        run(";".join(statements))
    return change_set_id


@pytest.mark.parametrize("subject", LEDGERED)
def test_an_insert_leaves_the_row_after(subject: str) -> None:
    change_set_id = write(INSERTS[subject])
    [change] = Change.objects.filter(change_set=change_set_id)
    row = row_of(subject)
    assert (change.subject, change.row_id, change.before) == (subject, row["id"], None)
    assert change.after == row


@pytest.mark.parametrize("subject", LEDGERED)
def test_an_update_leaves_the_row_before_and_after(subject: str) -> None:
    where = "value = 'rv-1'" if subject == "identity" else "true"
    before = row_of(subject, where)
    change_set_id = write(UPDATES[subject])
    [change] = Change.objects.filter(change_set=change_set_id)
    assert (change.subject, change.row_id, change.before) == (subject, before["id"], before)
    assert change.after == row_of(subject, f"id = {before['id']}") != before


@pytest.mark.parametrize("subject", LEDGERED)
def test_a_delete_leaves_the_row_before(subject: str) -> None:
    before = row_of(subject, "value = 'rv-2'" if subject == "identity" else "true")
    change_set_id = write(DELETES[subject])
    change = Change.objects.get(change_set=change_set_id, subject=subject)
    assert (change.row_id, change.before, change.after) == (before["id"], before, None)


@pytest.mark.parametrize("subject", LEDGERED)
@pytest.mark.parametrize("kind", [INSERTS, UPDATES, DELETES], ids=["insert", "update", "delete"])
def test_a_write_without_a_change_set_is_refused(kind: dict[str, str], subject: str) -> None:
    stored = count_rows()
    with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
        run(kind[subject])
    assert count_rows() == stored


def rv1() -> Identity:
    return Identity.objects.get(value="rv-1")


ORM_WRITES: dict[str, Callable[[], object]] = {
    "save a new row": lambda: Identity(kind="email", value="b", folded="b").save(),
    "save a stored row": lambda: rv1().save(),
    "create": lambda: Identity.objects.create(kind="email", value="b", folded="b"),
    "bulk_create": lambda: Identity.objects.bulk_create(
        [Identity(kind="email", value="b", folded="b")]
    ),
    "bulk_update": lambda: Identity.objects.bulk_update([rv1()], ["value"]),
    "update": lambda: Identity.objects.update(value="x"),
    "delete a row": lambda: Identity.objects.get(value="rv-2").delete(),
    "delete rows": lambda: Identity.objects.filter(value="rv-2").delete(),
    "get_or_create": lambda: Identity.objects.get_or_create(kind="email", value="b", folded="b"),
}


@pytest.mark.parametrize("write_", ORM_WRITES.values(), ids=ORM_WRITES)
def test_the_orm_is_refused_too(write_: Callable[[], object]) -> None:
    stored = count_rows()
    with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
        write_()
    assert count_rows() == stored


@pytest.mark.parametrize("write_", ORM_WRITES.values(), ids=ORM_WRITES)
def test_the_orm_leaves_its_changes_under_a_change_set(write_: Callable[[], object]) -> None:
    unchanged = write_ in (ORM_WRITES["save a stored row"], ORM_WRITES["bulk_update"])
    with recorded(by=given.OPERATOR, at=given.NOW) as change_set_id:
        rows = 2 if write_ is ORM_WRITES["update"] else 1
        write_()
    assert Change.objects.filter(change_set=change_set_id).count() == (0 if unchanged else rows)


@pytest.mark.parametrize("write_", ORM_WRITES.values(), ids=ORM_WRITES)
def test_the_ledger_cannot_be_ignored(write_: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=UNNAMED), pgtrigger.ignore(), transaction.atomic():
        write_()


def test_what_is_ignored_is_recorded_all_the_same() -> None:
    with (
        recorded(by=given.OPERATOR, at=given.NOW) as change_set_id,
        pgtrigger.ignore("identities.Identity:record_update"),
    ):
        run(UPDATES["identity"])
    assert Change.objects.filter(change_set=change_set_id).count() == 1


def test_copying_rows_in_is_a_write_like_any_other() -> None:
    def copy() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY identity (kind, value, folded) FROM STDIN") as stream,
        ):
            stream.write("".join(f"email\tc{n}@x\tc{n}@x\n" for n in range(1000)))

    with pytest.raises(errors.RestrictViolation, match=UNNAMED), transaction.atomic():
        copy()
    with recorded(by=given.OPERATOR, at=given.NOW) as change_set_id:
        copy()
    assert Change.objects.filter(change_set=change_set_id, before__isnull=True).count() == 1000


def test_an_upsert_leaves_both_sorts_of_change() -> None:
    change_set_id = write(
        """
        INSERT INTO identity (kind, value, folded)
        SELECT 'email', v, v FROM unnest(ARRAY['a@x', 'b@x']) AS v;
        INSERT INTO identity (kind, value, folded)
        SELECT 'email', v || '!', v FROM unnest(ARRAY['b@x', 'c@x']) AS v
        ON CONFLICT (kind, organization_id, folded) DO UPDATE SET value = excluded.value
        """
    )
    found = [
        (change.before and change.before["value"], change.after and change.after["value"])
        for change in Change.objects.filter(change_set=change_set_id).order_by("pk")
    ]
    assert sorted(found, key=str) == [
        ("b@x", "b@x!"),
        (None, "a@x"),
        (None, "b@x"),
        (None, "c@x!"),
    ]


def test_a_thousand_rows_in_one_statement_leave_a_thousand_changes() -> None:
    with recorded(by=given.OPERATOR, at=given.NOW) as made:
        run(
            "INSERT INTO identity (kind, value, folded)"
            " SELECT 'email', n, n FROM generate_series(1, 1000) AS s(n)"
        )
    with recorded(by=given.OPERATOR, at=given.NOW) as changed:
        run("UPDATE identity SET value = value || '!' WHERE kind = 'email'")
    with recorded(by=given.OPERATOR, at=given.NOW) as deleted:
        run("DELETE FROM identity WHERE kind = 'email'")
    for change_set_id in (made, changed, deleted):
        rows = Change.objects.filter(change_set=change_set_id).values_list("row_id", flat=True)
        assert len(rows) == len(set(rows)) == 1000
    rows_of_both = look(
        "SELECT count(*) FROM change WHERE before->>'id' = after->>'id'"
        " AND after->>'value' = (before->>'value') || '!'"
    )
    assert rows_of_both == [(1000,)]


def test_rows_that_end_as_they_were_leave_none() -> None:
    before = Change.objects.count()
    write("UPDATE identity SET value = value", "UPDATE program_enrollment SET status = status")
    assert Change.objects.count() == before


def test_a_statement_that_touches_no_row_still_needs_a_change_set_to_update() -> None:
    with pytest.raises(IntegrityError, match=UNNAMED), transaction.atomic():
        run("UPDATE identity SET value = 'x' WHERE false")


def test_a_new_number_for_a_row_is_recorded_as_the_end_of_one_and_the_start_of_another() -> None:
    [(old,)] = look("SELECT id FROM identity WHERE value = 'rv-2'")
    change_set_id = write("UPDATE identity SET id = id + 1000000 WHERE value = 'rv-2'")
    found = {
        change.row_id: (change.before is None, change.after is None)
        for change in Change.objects.filter(change_set=change_set_id)
    }
    assert found == {old: (False, True), old + 1000000: (True, False)}


@pytest.mark.parametrize("table", [*LEDGERED, "change", "change_set"])
def test_truncate_is_refused(table: str) -> None:
    stored = count_rows()
    with (
        pytest.raises(IntegrityError, match=f"TRUNCATE of {table} would leave no changes"),
        transaction.atomic(),
        recorded(by=given.OPERATOR, at=given.NOW),
    ):
        run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")
    assert count_rows() == stored


def test_truncating_what_others_hang_on_is_refused_with_them() -> None:
    with pytest.raises(IntegrityError, match="would leave no changes"), transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE organization CASCADE")


def test_the_whole_ledger_of_the_world_is_under_change_sets() -> None:
    assert all(list_changes(subject) for subject in LEDGERED)
    orphans = Change.objects.exclude(change_set__in=ChangeSet.objects.all())
    assert not orphans.exists()
