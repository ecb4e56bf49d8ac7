"""Gathering what the records of a catalog say, and refusing what cannot be right in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from matricula.lms.catalog.keys import CourseRunKey, InvalidCourseRunKey
from matricula.lms.catalog.models import PACINGS
from matricula.lms.catalog.modes import MODE_RANK
from matricula.lms.catalog.records import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    Moment,
    ProgramRecord,
    SeatRecord,
    Text,
)
from matricula.lms.kernel.api import Invalid, in_utc

MOST_EXPENSIVE = Decimal("9999999999.99")
_CENT = Decimal("0.01")

Fields = dict[str, Any]
"""Values by the names of a model's fields: those that are said, and no others."""


class InvalidCatalog(Invalid):
    """The catalog cannot be right; the message names the program and what is wrong with it."""

    code = "invalid-catalog"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the records say: every whole program once, nested ones after the one they stand in."""

    programs: list[ProgramRecord] = field(default_factory=list)
    courses: dict[str, Fields] = field(default_factory=dict)
    runs: dict[str, Fields] = field(default_factory=dict)
    """By key; besides the fields, ``course`` is the key of the course it stands in."""
    modes: dict[str, dict[str, Fields]] = field(default_factory=dict)
    """By course run and by mode, of those course runs that say their seats."""


def gather(programs: Iterable[ProgramRecord]) -> Gathered:
    """Look at every record, nested ones included, and bring together what they say.

    Raises:
        InvalidCatalog: a record cannot be right, or two contradict each other.
    """
    gathered = Gathered(programs=_list_whole_programs(programs))
    owners: dict[UUID, ProgramRecord] = {}
    for program in gathered.programs:
        _require_sound(program)
        for curriculum in curricula_of(program):
            if other := owners.get(curriculum.uuid):
                raise refusal_of(
                    program, f"curriculum {curriculum.uuid} is already of {other.name}"
                )
            owners[curriculum.uuid] = program
        for course in courses_of(program):
            _gather_course(gathered, program, course)
    return gathered


def curricula_of(program: ProgramRecord) -> tuple[CurriculumRecord, ...]:
    """Return the curricula a program says it has."""
    return said(program.curricula)


def courses_of(program: ProgramRecord) -> Iterator[CourseRecord]:
    """Yield the courses of a program, those of its curricula included, nested programs' not."""
    yield from said(program.courses)
    for curriculum in curricula_of(program):
        yield from said(curriculum.courses)


def nested_in(program: ProgramRecord) -> Iterator[ProgramRecord]:
    """Yield the records that stand in a program's curricula, one level down."""
    for curriculum in curricula_of(program):
        yield from said(curriculum.programs)


def said(given: tuple[Any, ...] | UnsetType) -> tuple[Any, ...]:
    """Return a list that may not be said, empty if so."""
    return () if given is UNSET else given


def texts(**given: Text) -> Fields:
    """Return those texts that are said, stripped; null is the empty text."""
    return {name: (text or "").strip() for name, text in given.items() if text is not UNSET}


def refusal_of(program: ProgramRecord, what: str) -> InvalidCatalog:
    """Return a refusal that names the program."""
    return InvalidCatalog(f"Program {program.name}: {what}.")


def _list_whole_programs(programs: Iterable[ProgramRecord]) -> list[ProgramRecord]:
    """Return each program once; what is said at the top outweighs what is said in another."""
    given = list(programs)
    top: dict[UUID, ProgramRecord] = {}
    for program in given:
        _add(top, program)
    whole: dict[UUID, ProgramRecord] = {}
    for program in given:
        for each in _with_nested(program):
            if each.uuid in top:
                whole[each.uuid] = top[each.uuid]
            elif not each.is_reference:
                _add(whole, each)
    return list(whole.values())


def _with_nested(program: ProgramRecord) -> Iterator[ProgramRecord]:
    yield program
    for nested in nested_in(program):
        yield from _with_nested(nested)


def _add(known: dict[UUID, ProgramRecord], program: ProgramRecord) -> None:
    if known.setdefault(program.uuid, program) != program:
        raise refusal_of(program, "it is there twice, and the two differ")


def _require_sound(program: ProgramRecord) -> None:
    if program.key and ":" in program.key:
        raise refusal_of(program, f"its key {program.key!r} has a colon")
    if program.mode and program.mode not in MODE_RANK:
        known = ", ".join(MODE_RANK)
        raise refusal_of(program, f"there is no course mode {program.mode!r}, only {known}")
    if any(not organization.key.strip() for organization in said(program.authoring_organizations)):
        raise refusal_of(program, "an authoring organization has a blank key")
    if any(not course.key.strip() for course in courses_of(program)):
        raise refusal_of(program, "a course has a blank key")


def _gather_course(gathered: Gathered, program: ProgramRecord, course: CourseRecord) -> None:
    key = course.key.strip()
    known = gathered.courses.setdefault(key, {})
    fields = texts(title=course.title, marketing_url=course.marketing_url)
    _bring_together(known, fields, program, f"course {key}")
    for run in course.course_runs:
        try:
            CourseRunKey.parse(run.key)
        except InvalidCourseRunKey as refusal:
            raise refusal_of(program, str(refusal).rstrip(".")) from None
        _gather_run(gathered, program, run, course_key=key)


def _gather_run(
    gathered: Gathered, program: ProgramRecord, run: CourseRunRecord, *, course_key: str
) -> None:
    fields = {"course": course_key, **_fields_of_run(run)}
    if (pacing := fields.get("pacing")) and pacing not in PACINGS:
        known = ", ".join(PACINGS)
        what = f"course run {run.key} has pacing {pacing!r}, not one of {known}"
        raise refusal_of(program, what)
    known_fields = gathered.runs.setdefault(run.key, {})
    _bring_together(known_fields, fields, program, f"course run {run.key}")
    if run.seats is not UNSET:
        modes = _modes_of_run(program, run)
        if gathered.modes.setdefault(run.key, modes) != modes:
            raise refusal_of(program, f"the seats of course run {run.key} differ between places")


def _fields_of_run(run: CourseRunRecord) -> Fields:
    moments = {
        "start_at": _in_utc(run.start),
        "end_at": _in_utc(run.end),
        "enrollment_start_at": _in_utc(run.enrollment_start),
        "enrollment_end_at": _in_utc(run.enrollment_end),
    }
    fields = texts(
        external_key=run.external_key,
        title=run.title,
        marketing_url=run.marketing_url,
        pacing=run.pacing_type,
    )
    fields |= {name: moment for name, moment in moments.items() if moment is not UNSET}
    if run.invite_only is not UNSET:
        fields["is_invitation_only"] = bool(run.invite_only)
    return fields


def _modes_of_run(program: ProgramRecord, run: CourseRunRecord) -> dict[str, Fields]:
    modes: dict[str, Fields] = {}
    for seat in said(run.seats):
        mode = seat.type.strip()
        if mode not in MODE_RANK:
            known = ", ".join(MODE_RANK)
            what = f"course run {run.key} has a seat of mode {mode!r}, and there are only {known}"
            raise refusal_of(program, what)
        if not _is_price(seat.price):
            what = f"course run {run.key} has a seat of mode {mode!r} at the price {seat.price}"
            raise refusal_of(program, what)
        modes.setdefault(mode, _fields_of_seat(seat))
    return modes


def _is_price(price: Decimal | None) -> bool:
    """Tell whether it is an amount of whole cents that can be asked for."""
    if price is None:
        return True
    return price.is_finite() and 0 <= price <= MOST_EXPENSIVE and price == price.quantize(_CENT)


def _fields_of_seat(seat: SeatRecord) -> Fields:
    return {
        "min_price": seat.price or Decimal(0),
        "expires_at": _in_utc(seat.upgrade_deadline),
        **texts(
            currency=(seat.currency or "").upper(),
            credit_provider=seat.credit_provider,
            sku=seat.sku,
            bulk_sku=seat.bulk_sku,
        ),
    }


def _in_utc(moment: Moment) -> Moment:
    return in_utc(moment) if isinstance(moment, datetime) else moment


def _bring_together(known: Fields, fields: Fields, program: ProgramRecord, what: str) -> None:
    for name, value in fields.items():
        if known.setdefault(name, value) != value:
            was = f"{known[name]!s} in one place and {value!s} in another"
            raise refusal_of(program, f"the {name} of {what} is {was}")
