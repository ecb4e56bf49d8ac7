"""Surveying what somebody studies, in the words of a page: programs with courses, and the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.db import connection

from matricula.lms.catalog.api import list_holders_of_runs
from matricula.lms.course_enrollments.api import Grant, Seat, list_seats
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.following import FollowedProgram, list_followed_programs
from matricula.lms.learners.picturing import list_known_identities

Run = tuple[str, str, datetime | None, datetime | None]


class SurveyedCourse(msgspec.Struct, frozen=True):
    """A course run of somebody; ``why_not`` says why they are not in it, if they are not."""

    key: str
    title: str
    mode: str
    start_at: datetime | None
    end_at: datetime | None
    why_not: str


class SurveyedProgram(msgspec.Struct, frozen=True):
    """A program of somebody; an implicit one is only deduced from its courses."""

    key: str
    title: str
    school: str
    status: str
    basis: Literal["explicit", "implicit"]
    courses: tuple[SurveyedCourse, ...]


class Survey(msgspec.Struct, frozen=True):
    """What somebody studies; a course of two programs stands in both."""

    programs: tuple[SurveyedProgram, ...]
    courses: tuple[SurveyedCourse, ...]


RUNS = """
SELECT run.id, run.key, coalesce(nullif(run.title, ''), nullif(course.title, ''), run.key),
       run.start_at, run.end_at
FROM course_run AS run
JOIN course ON course.id = run.course_id
WHERE run.id = ANY(%(run_ids)s)
"""

SCHOOLS = """
SELECT organization.key, coalesce(nullif(organization.name, ''), organization.key)
FROM organization WHERE organization.key = ANY(%(keys)s)
"""


def survey_studies(*, learner: Learner, by: Actor) -> Survey:
    """Return programs and courses of a learner as far as the actor may see them.

    A fixed number of queries, however many programs and courses there are.
    """
    followed = list_followed_programs(learner=learner, by=by)
    identities = list_known_identities(learner, by=by)
    seats = list_seats(identity_ids=[identity.id for identity in identities])
    runs = _read_runs([seat.course_run_id for seat in seats])
    courses = {seat.course_run_id: _survey(seat, runs[seat.course_run_id]) for seat in seats}
    members = _find_members(followed, seats)
    schools = dict(_look(SCHOOLS, {"keys": [each.organization or "" for each in followed]}))
    placed = {run_id for run_ids in members.values() for run_id in run_ids}
    return Survey(
        programs=tuple(
            SurveyedProgram(
                key=each.key,
                title=each.title or each.key,
                school=schools.get(each.organization or "", each.organization or ""),
                status=each.status,
                basis=each.basis,
                courses=tuple(courses[run_id] for run_id in members[each.key]),
            )
            for each in followed
        ),
        courses=tuple(course for run_id, course in courses.items() if run_id not in placed),
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


def _read_runs(run_ids: Sequence[int]) -> Mapping[int, Run]:
    return {run_id: (*rest,) for run_id, *rest in _look(RUNS, {"run_ids": list(run_ids)})}


def _survey(seat: Seat, run: Run) -> SurveyedCourse:
    key, title, start_at, end_at = run
    return SurveyedCourse(
        key=key,
        title=title,
        mode=seat.mode,
        start_at=start_at,
        end_at=end_at,
        why_not="" if seat.is_active else _explain(seat.grants),
    )


def _explain(grants: Sequence[Grant]) -> str:
    return "; ".join(dict.fromkeys(grant.reason for grant in grants if grant.reason))


def _look(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
