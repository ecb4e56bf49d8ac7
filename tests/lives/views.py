"""What the model shows of its world, and what the code shows of its own, in one shape."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matricula.lms.learners.api import Picture
from tests.lives.model import Grant, Person, World
from tests.lives.words import MODES, PAID, PROGRAMS

View = dict[str, Any]


def run_name(key: str) -> str:
    """``course-v1:RiverU+R1+2031_T1`` is R1 here."""
    return key.split("+")[1]


def seat_mode(grants: Iterable[Grant]) -> str | None:
    """The highest mode among effective grants; None if there is none."""
    return max((each.mode for each in grants if not each.faults), key=MODES.index, default=None)


def view_model(
    world: World, persons: list[Person], account: str | None, values: Mapping[int, str]
) -> View:
    """The picture of some identities, all of one learner; ``values`` are those stored now."""
    by_run: dict[str, list[Grant]] = defaultdict(list)
    for grant in world.grants:
        if grant.person in persons:
            by_run[grant.run].append(grant)
    waiting = {"waiting"} if any(person.waits for person in persons) else set[str]()
    if any(person.is_retired for person in persons):
        waiting = {"retired"}
    explicit = [each for each in world.enrollments if each.person in persons]
    paid = {run for run, grants in by_run.items() if not waiting and seat_mode(grants) in PAID}
    implicit = {program.key for program in PROGRAMS.values() if paid & set(program.runs)} - {
        each.program for each in explicit
    }
    return {
        "account": account,
        "identities": sorted(
            (person.name[0], person.name[1] or "", values[person.id], person.account is not None)
            for person in persons
        ),
        "explicit": sorted(
            (
                each.program,
                each.curriculum,
                each.status,
                values[each.person.id],
                each.person.waits,
            )
            for each in explicit
        ),
        "implicit": sorted(implicit),
        "seats": {run: _seat(grants, waiting) for run, grants in by_run.items()},
    }


def _seat(grants: list[Grant], waiting: set[str]) -> Any:  # noqa: ANN401  to be compared
    mode = seat_mode(grants)
    highest = mode or max((each.mode for each in grants), key=MODES.index)
    return (
        highest,
        mode is not None and not waiting,
        sorted(
            (
                each.through.program if each.through else "",
                "active" if each.is_active else "inactive",
                each.mode,
                not each.faults and not waiting,
                sorted(each.faults | waiting),
            )
            for each in grants
        ),
    )


FAULTS = ("inactive", "suspended", "canceled", "waiting", "retired")


def view_picture(picture: Picture, curricula: Mapping[str, Sequence[str]]) -> View:
    """The code's picture; ``curricula`` are uuids by program, in their order."""
    return {
        "account": picture.account,
        "identities": sorted(
            (each.kind, each.organization or "", each.value, each.bound)
            for each in picture.identities
        ),
        "explicit": sorted(
            (
                each.program,
                curricula[each.program].index(each.curriculum or ""),
                each.status,
                each.student_key,
                each.waiting,
            )
            for each in picture.program_enrollments
            if each.basis == "explicit"
        ),
        "implicit": sorted(
            each.program for each in picture.program_enrollments if each.basis == "implicit"
        ),
        "seats": {
            run_name(seat.course_run): (
                seat.mode,
                seat.is_active,
                sorted(
                    (
                        grant.program or "",
                        grant.status,
                        grant.mode,
                        grant.effective,
                        sorted(fault for fault in FAULTS if fault in grant.reason),
                    )
                    for grant in seat.grants
                ),
            )
            for seat in picture.seats
        },
    }
