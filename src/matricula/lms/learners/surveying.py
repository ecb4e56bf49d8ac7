"""Surveying what somebody studies, in the words of a page: programs, and all course runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import connection

from matricula.lms.catalog.api import (
    CourseRunDescription,
    Progress,
    describe_course_runs,
    list_holders_of_runs,
)
from matricula.lms.course_enrollments.api import Grant, Seat, list_seats
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.following import FollowedProgram, list_followed_programs
from matricula.lms.learners.picturing import KnownIdentity, list_known_identities
from matricula.lms.learners.studying import find_progress


class SurveyedGrant(msgspec.Struct, frozen=True):
    """Where a course comes from: a program (by title and uuid), or directly for a name.

    ``kind`` and ``value`` are the name's, ``school`` whose student key it is, if it is one.
    ``status`` is the program enrollment's; ``effective`` whether this gives the course.
    """

    program: str | None
    program_uuid: UUID | None
    status: str | None
    kind: str
    value: str
    school: str
    mode: str
    is_active: bool
    effective: bool


class SurveyedGrade(msgspec.Struct, frozen=True):
    """What they earned in a course run. ``percent`` is from 0 to 1, None if the grade has none."""

    percent: Decimal | None
    letter: str
    is_passing: bool
    graded_at: datetime


class SurveyedCourse(msgspec.Struct, frozen=True):
    """A course run of somebody: whether they are in it, and what they earned, if anything."""

    key: str
    title: str
    mode: str
    is_active: bool
    progress: Progress
    start_at: datetime | None
    end_at: datetime | None
    grade: SurveyedGrade | None
    grants: tuple[SurveyedGrant, ...]

    @property
    def passed_at(self) -> datetime | None:
        """When they have passed it; None if they have not."""
        return _find_passing(self.grade)


class SurveyedProgram(msgspec.Struct, frozen=True):
    """A program of somebody; an implicit one is only deduced from its courses.

    ``since`` is from when on the status holds. ``courses`` are those of theirs that are in it.
    """

    uuid: UUID
    key: str
    title: str
    type: str
    school: str
    status: str
    basis: Literal["explicit", "implicit"]
    since: datetime | None
    curriculum: UUID | None
    courses: tuple[SurveyedCourse, ...]

    @property
    def passed_count(self) -> int:
        """How many of the courses they have passed."""
        return sum(course.passed_at is not None for course in self.courses)


class Survey(msgspec.Struct, frozen=True):
    """What somebody studies; ``courses`` are all of theirs, each once, by their start."""

    programs: tuple[SurveyedProgram, ...]
    courses: tuple[SurveyedCourse, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a course's words are taken from; programs are by key, schools by theirs."""

    runs: Mapping[int, CourseRunDescription]
    grades: Mapping[int, SurveyedGrade]
    identities: Mapping[int, KnownIdentity]
    programs: Mapping[str, FollowedProgram]
    schools: Mapping[str, str]


SCHOOLS = """
SELECT organization.key, coalesce(nullif(organization.name, ''), organization.key)
FROM organization WHERE organization.key = ANY(%(keys)s)
"""

GRADES = """
SELECT course_run_id, percent, letter, is_passing, graded_at FROM grade
WHERE account_id = %(account_id)s AND course_run_id = ANY(%(run_ids)s)
"""


def survey_studies(*, learner: Learner, by: Actor, at: datetime) -> Survey:
    """Return programs and courses of a learner as far as the actor may see them.

    A fixed number of queries, however many programs and courses there are.
    """
    followed = list_followed_programs(learner=learner, by=by)
    identities = list_known_identities(learner, by=by)
    seats = list_seats(identity_ids=[identity.id for identity in identities])
    known = _read(learner, followed, identities, seats)
    courses = {seat.course_run_id: _survey(seat, known, at) for seat in seats}
    members = _find_members(followed, seats)
    return Survey(
        programs=tuple(_outline(each, members[each.key], courses, known) for each in followed),
        courses=tuple(sorted(courses.values(), key=_place)),
    )


def survey_course(
    *, learner: Learner, course_run: str, by: Actor, at: datetime
) -> SurveyedCourse | None:
    """Return one course run of a learner, as ``survey_studies`` does; None if it is none."""
    identities = list_known_identities(learner, by=by)
    seats = list_seats(identity_ids=[identity.id for identity in identities])
    wanted = [seat for seat in seats if seat.course_run == course_run]
    if not wanted:
        return None
    followed = list_followed_programs(learner=learner, by=by)
    return _survey(wanted[0], _read(learner, followed, identities, wanted), at)


def _read(
    learner: Learner,
    followed: Iterable[FollowedProgram],
    identities: Iterable[KnownIdentity],
    seats: Iterable[Seat],
) -> _Known:
    run_ids = [seat.course_run_id for seat in seats]
    earned = _look(GRADES, account_id=learner.account_id, run_ids=run_ids)
    programs = {each.key: each for each in followed}
    keys = {each.organization for each in programs.values()}
    keys |= {each.organization for each in identities}
    return _Known(
        runs=describe_course_runs(ids=run_ids),
        grades={run_id: SurveyedGrade(*grade) for run_id, *grade in earned},
        identities={identity.id: identity for identity in identities},
        programs=programs,
        schools=dict(_look(SCHOOLS, keys=[key for key in keys if key])),
    )


def _find_members(
    followed: Sequence[FollowedProgram], seats: Sequence[Seat]
) -> dict[str, list[int]]:
    """Find the course runs of each program: those it grants, of an implicit one those in it."""
    members: dict[str, list[int]] = {each.key: [] for each in followed}
    for seat in seats:
        for key in dict.fromkeys(grant.program for grant in seat.grants):
            if key in members:
                members[key].append(seat.course_run_id)
    implicit = {each.key for each in followed if each.basis == "implicit"}
    if implicit:
        active = [seat.course_run_id for seat in seats if seat.is_active]
        for holder in list_holders_of_runs(run_ids=active):
            if holder.program_key in implicit:
                members[holder.program_key].append(holder.run_id)
    return members


def _outline(
    followed: FollowedProgram,
    run_ids: Collection[int],
    courses: Mapping[int, SurveyedCourse],
    known: _Known,
) -> SurveyedProgram:
    return SurveyedProgram(
        uuid=followed.uuid,
        key=followed.key,
        title=followed.title or followed.key,
        type=followed.type,
        school=known.schools.get(followed.organization or "", ""),
        status=followed.status,
        basis=followed.basis,
        since=followed.modified_at,
        curriculum=followed.curriculum,
        courses=tuple(sorted((courses[run_id] for run_id in run_ids), key=_place)),
    )


def _survey(seat: Seat, known: _Known, at: datetime) -> SurveyedCourse:
    run = known.runs[seat.course_run_id]
    grade = known.grades.get(run.id)
    return SurveyedCourse(
        key=run.key,
        title=run.name,
        mode=seat.mode,
        is_active=seat.is_active,
        progress=find_progress(run, passed_at=_find_passing(grade), at=at),
        start_at=run.start_at,
        end_at=run.end_at,
        grade=grade,
        grants=tuple(_trace(grant, known) for grant in seat.grants),
    )


def _find_passing(grade: SurveyedGrade | None) -> datetime | None:
    return grade.graded_at if grade is not None and grade.is_passing else None


def _trace(grant: Grant, known: _Known) -> SurveyedGrant:
    program = known.programs.get(grant.program or "")
    name = known.identities[grant.identity_id]
    school = (program.organization if program else None) or name.organization or ""
    return SurveyedGrant(
        program=(program.title if program else "") or grant.program,
        program_uuid=program.uuid if program else None,
        status=grant.program_status,
        kind=name.kind,
        value=name.value,
        school=known.schools.get(school, school),
        mode=grant.mode,
        is_active=grant.is_active,
        effective=grant.effective,
    )


def _place(course: SurveyedCourse) -> tuple[str, str]:
    return (course.start_at.isoformat() if course.start_at else "", course.key)


def _look(sql: str, **params: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  a statement's own
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
