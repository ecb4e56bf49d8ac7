"""Inviting: people in, or out again, by username or address; any number, in several course runs.

Who has an account is enrolled. Who has none yet, or one that cannot be used, is allowed in by
their address. What programs grant is not touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import find_course_run_ids, list_modes_of_runs
from matricula.lms.course_enrollments.api import (
    DirectRow,
    choose_default_mode,
    write_direct_enrollments,
)
from matricula.lms.kernel.api import Action, Actor, Lock, WriteMode, lock_until_commit
from matricula.lms.ledger.api import recorded
from matricula.lms.preemptive_enrollments.recognizing import (
    Person,
    Standing,
    list_standings,
    recognize_people,
)


class Invitation(msgspec.Struct, frozen=True):
    """What became of one identifier in one course run.

    Nothing did if there is a ``fault``, in words; without a standing before and after it could
    not even be told. ``is_nobody``: the identifier means nobody.
    """

    identifier: str
    before: Standing | None = None
    after: Standing | None = None
    is_nobody: bool = False
    fault: str = ""


Invitations = Mapping[str, Sequence[Invitation]]
"""By key of the course run."""


@dataclass(frozen=True, slots=True)
class _Party:
    """Who was meant by which identifiers, and in which course runs that there are."""

    people: Sequence[Person | None]
    known: Sequence[Person]
    place_of: Mapping[int, int]
    """The place in ``known`` by that in ``people``."""
    run_ids: Mapping[str, int]


Faults = Mapping[tuple[int, int], str]
"""Why nothing was done, by place in ``known`` and course run."""

DELETE = "DELETE FROM course_enrollment WHERE id = ANY(%(ids)s)"
END = """
UPDATE course_enrollment SET is_active = false, modified_at = %(at)s WHERE id = ANY(%(ids)s)
"""


def invite(
    *,
    identifiers: Sequence[str],
    course_runs: Sequence[str],
    auto_enroll: bool,
    by: Actor,
    at: datetime,
) -> Invitations:
    """Enroll people, or allow their addresses in; a fixed number of statements for any number.

    A new grant has the run's default mode; who is in already keeps theirs, and a mode of before
    does not come back. ``auto_enroll`` makes an address' grant active, so that it enrolls whoever
    proves the address.

    Raises:
        PermissionMissing: the actor may not write enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    party = _gather(identifiers, course_runs)
    with transaction.atomic():
        before = _lock_and_look(party)
        faults = _grant(party, before, auto_enroll=auto_enroll, by=by, at=at)
        after = list_standings(people=party.known, run_ids=[*party.run_ids.values()])
    return _answer(identifiers, course_runs, party, before, after, faults)


def uninvite(
    *, identifiers: Sequence[str], course_runs: Sequence[str], by: Actor, at: datetime
) -> Invitations:
    """End what was granted to people directly, and delete what allows their addresses in.

    Raises:
        PermissionMissing: the actor may not write enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    party = _gather(identifiers, course_runs)
    with transaction.atomic():
        before = _lock_and_look(party)
        ended = sorted({id_ for each in before.values() for id_ in each.direct_ids})
        deleted = sorted({id_ for each in before.values() for id_ in each.allowance_ids})
        if ended or deleted:
            with recorded(by=by, at=at), connection.cursor() as cursor:
                cursor.execute(DELETE, {"ids": deleted})
                cursor.execute(END, {"ids": ended, "at": at})
        after = list_standings(people=party.known, run_ids=[*party.run_ids.values()])
    return _answer(identifiers, course_runs, party, before, after, {})


def _gather(identifiers: Sequence[str], course_runs: Sequence[str]) -> _Party:
    people = recognize_people(identifiers=identifiers)
    places = [place for place, person in enumerate(people) if person]
    return _Party(
        people=people,
        known=[person for person in people if person],
        place_of={place: known for known, place in enumerate(places)},
        run_ids=find_course_run_ids(keys=course_runs),
    )


def _lock_and_look(party: _Party) -> Mapping[tuple[int, int], Standing]:
    run_ids = list(party.run_ids.values())
    lock_until_commit(Lock.MENTION, [0], shared=True)
    lock_until_commit(Lock.DIRECT_ENROLLMENTS, run_ids)
    return list_standings(people=party.known, run_ids=run_ids)


def _grant(
    party: _Party,
    standings: Mapping[tuple[int, int], Standing],
    *,
    auto_enroll: bool,
    by: Actor,
    at: datetime,
) -> Faults:
    modes = list_modes_of_runs(run_ids=list(party.run_ids.values()))
    default_modes = {run_id: choose_default_mode(each, at=at) for run_id, each in modes.items()}
    wanted: dict[object, tuple[tuple[int, int], DirectRow]] = {}
    for (place, run_id), standing in standings.items():
        person = party.known[place]
        if person.name is None or person.fault or standing.is_enrolled:
            continue
        whose = person.account_id if person.is_active else person.name.key
        keeps_mode = not person.is_active and standing.is_auto_enrolled
        row = DirectRow(
            line=len(wanted),
            name=person.name,
            course_run_id=run_id,
            mode="" if keeps_mode else default_modes[run_id],
            is_active=person.is_active or auto_enroll,
        )
        wanted.setdefault((whose, run_id), ((place, run_id), row))
    rows = [row for _, row in wanted.values()]
    if not rows:
        return {}
    judged = write_direct_enrollments(rows=rows, mode=WriteMode.UPSERT, by=by, at=at)
    return {
        whereabouts: judgement.reason
        for (whereabouts, _), judgement in zip(wanted.values(), judged, strict=True)
        if judgement.action is Action.REFUSE
    }


def _answer(  # noqa: PLR0917  all that there is to tell
    identifiers: Sequence[str],
    course_runs: Sequence[str],
    party: _Party,
    before: Mapping[tuple[int, int], Standing],
    after: Mapping[tuple[int, int], Standing],
    faults: Faults,
) -> Invitations:
    def tell(place: int, identifier: str, course_run: str) -> Invitation:
        person = party.people[place]
        if person is None:
            return Invitation(identifier, is_nobody=True)
        if course_run not in party.run_ids:
            return Invitation(identifier, fault=f"there is no course run {course_run!r}")
        where = (party.place_of[place], party.run_ids[course_run])
        if fault := faults.get(where) or (not person.name and person.fault):
            return Invitation(identifier, fault=fault)
        return Invitation(identifier, before[where], after[where], fault=person.fault)

    return {
        course_run: [tell(place, each, course_run) for place, each in enumerate(identifiers)]
        for course_run in course_runs
    }
