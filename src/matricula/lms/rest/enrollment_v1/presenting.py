"""Presenting seats as edX's clients know them: one enrollment of a user in a course."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from matricula.lms.catalog.api import (
    MODE_TITLES,
    CourseRunDescription,
    OfferedMode,
    describe_course_runs,
)
from matricula.lms.course_enrollments.api import HeldSeat
from matricula.lms.learners.api import FollowedProgram
from matricula.lms.preemptive_enrollments.api import Allowance


class CourseMode(msgspec.Struct, frozen=True):
    """A mode that a course run is offered in."""

    slug: str
    name: str
    min_price: int | float
    suggested_prices: str
    currency: str
    expiration_datetime: datetime | None
    description: str | None
    sku: str | None
    bulk_sku: str | None


class CourseDetails(msgspec.Struct, frozen=True):
    """A course run."""

    course_id: str
    course_name: str
    enrollment_start: datetime | None
    enrollment_end: datetime | None
    course_start: datetime | None
    course_end: datetime | None
    invite_only: bool
    pacing_type: str
    course_modes: Sequence[CourseMode]


class ProgramOfEnrollment(msgspec.Struct, frozen=True):
    """A program through which the seat comes, or would while it is not effective."""

    uuid: UUID
    key: str
    title: str
    status: str
    effective: bool


class Enrollment(msgspec.Struct, frozen=True):
    """A seat; the programs are ours."""

    created: datetime
    mode: str
    is_active: bool
    user: str
    course_details: CourseDetails
    programs: Sequence[ProgramOfEnrollment]


def present_enrollments(seats: Sequence[HeldSeat], *, at: datetime) -> list[Enrollment]:
    """Return the seats as enrollments; three queries, whatever their number."""
    ids = {seat.course_run_id for seat in seats}
    runs = describe_course_runs(ids=ids) if ids else {}
    details = {run_id: present_course(run, at=at) for run_id, run in runs.items()}
    return [
        Enrollment(
            created=seat.created_at,
            mode=seat.mode,
            is_active=seat.is_active,
            user=seat.username,
            course_details=details[seat.course_run_id],
            programs=_list_programs(seat),
        )
        for seat in seats
    ]


def present_course(
    run: CourseRunDescription, *, at: datetime, include_expired: bool = False
) -> CourseDetails:
    """Return a course run with the modes that one may still change to, or all."""
    return CourseDetails(
        course_id=run.key,
        course_name=run.name,
        enrollment_start=run.enrollment_start_at,
        enrollment_end=run.enrollment_end_at,
        course_start=run.start_at,
        course_end=run.end_at,
        invite_only=run.is_invitation_only,
        pacing_type="Self Paced" if run.is_self_paced else "Instructor Paced",
        course_modes=[
            _present_mode(mode)
            for mode in run.modes
            if include_expired or not mode.has_expired(at=at)
        ],
    )


def present_briefly(seat: HeldSeat) -> dict[str, Any]:
    """Return a seat as the list of all has it."""
    return {
        "created": seat.created_at,
        "mode": seat.mode,
        "is_active": seat.is_active,
        "user": seat.username,
        "course_id": seat.course_run,
    }


def present_programs(programs: Iterable[FollowedProgram]) -> list[dict[str, Any]]:
    """Return the programs of a learner."""
    return [
        {
            "uuid": each.uuid,
            "key": each.key,
            "title": each.title,
            "type": each.type,
            "organization": each.organization,
            "status": each.status,
            "basis": each.basis,
            "curriculum_uuid": each.curriculum,
            "student_key": each.student_key,
            "created": each.created_at,
            "modified": each.modified_at,
        }
        for each in programs
    ]


def present_allowance(allowance: Allowance) -> dict[str, Any]:
    """Return that an address is allowed into a course run."""
    return {
        "email": allowance.address,
        "course_id": allowance.course_run,
        "auto_enroll": allowance.is_active,
        "user": allowance.username,
        "created": allowance.created_at,
    }


def _list_programs(seat: HeldSeat) -> list[ProgramOfEnrollment]:
    return [
        ProgramOfEnrollment(
            uuid=grant.program.uuid,
            key=grant.program.key,
            title=grant.program.title,
            status=grant.program.status,
            effective=grant.is_effective,
        )
        for grant in seat.grants
        if grant.program is not None
    ]


def _present_mode(mode: OfferedMode) -> CourseMode:
    return CourseMode(
        slug=mode.mode,
        name=str(MODE_TITLES[mode.mode]),
        min_price=_as_number(mode.min_price),
        suggested_prices="",
        currency=mode.currency.lower() or "usd",
        expiration_datetime=mode.expires_at,
        description=None,
        sku=mode.sku or None,
        bulk_sku=mode.bulk_sku or None,
    )


def _as_number(price: Decimal) -> int | float:
    return int(price) if price == price.to_integral_value() else float(price)
