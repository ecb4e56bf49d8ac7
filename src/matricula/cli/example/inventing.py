"""Inventing students and what they study, by dice that always fall the same way."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random
from string import digits
from unicodedata import normalize

from matricula.cli.example.cataloging import PROGRAMS, TERMS, WRITING
from matricula.cli.example.names import LETTERS, NAMES

STUDENTS = 2000
INTAKE = 40
INTAKE_PROGRAM = "public-health"
IN_TWO_PROGRAMS = 100
NEWCOMERS = 3
COURSES_EACH = 4

DOMAIN = "students.linden.example"
"""Of the students' addresses; the school answers for them."""
_SEED = 1864
_INTAKE_SEED = 1865
_INTAKE_NUMBERS = range(2_000, 10_000)  # below all the others'
_CROWDS = (9, 7, 4)
_STATUSES = ("enrolled", "pending", "suspended", "canceled", "ended")
_STATUS_WEIGHTS = (88, 5, 2, 3, 2)


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody who does not exist. ``handle`` begins their address and is their username."""

    key: str
    given: str
    family: str
    handle: str

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        """The address at the school."""
        return f"{self.handle}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Membership:
    """That a student is in a program, and in which courses of it."""

    student: Student
    status: str
    courses: Sequence[str]


@dataclass(frozen=True, slots=True)
class School:
    """The students, and each program's, by its key. ``star`` is the one whose story is told.

    ``newcomers`` are in two programs each, and nobody has made an account for them. The ``intake``
    is admitted to a program, and the roster of its courses is still to be uploaded.
    """

    students: Sequence[Student]
    memberships: dict[str, list[Membership]]
    star: Student
    newcomers: Sequence[Student]
    intake: Sequence[Membership]


def invent_school() -> School:
    """Return the school. It is the same every time."""
    dice = Random(_SEED)  # noqa: S311  nothing is secret here, and all of it must come again
    students = _invent_students(dice, dice.sample(range(10_000, 100_000), STUDENTS))
    firsts = dice.choices(list(PROGRAMS), _CROWDS, k=STUDENTS)
    memberships: dict[str, list[Membership]] = {key: [] for key in PROGRAMS}
    for place, (student, first) in enumerate(zip(students, firsts, strict=True)):
        others = [key for key in PROGRAMS if key != first]
        chosen = [first, dice.choice(others)] if place < IN_TWO_PROGRAMS else [first]
        for program in chosen:
            status = dice.choices(_STATUSES, _STATUS_WEIGHTS)[0] if place else "enrolled"
            courses = _choose_courses(program, dice, is_in_two=len(chosen) > 1)
            memberships[program].append(Membership(student, status, courses))
    newcomers = _choose_newcomers(students, memberships)
    intake = _invent_intake({student.handle for student in students})
    return School(students, memberships, star=students[0], newcomers=newcomers, intake=intake)


def _invent_intake(taken: Collection[str]) -> list[Membership]:
    """Return those who are to begin; by dice of their own, so that all others stay as they are."""
    dice = Random(_INTAKE_SEED)  # noqa: S311  as above
    students = _invent_students(dice, dice.sample(_INTAKE_NUMBERS, INTAKE), taken, years=("26",))
    return [
        Membership(student, "enrolled", _choose_courses(INTAKE_PROGRAM, dice, is_in_two=False))
        for student in students
    ]


def _choose_newcomers(
    students: Sequence[Student], memberships: dict[str, list[Membership]]
) -> list[Student]:
    """Return the last of those in two programs who may study in both."""
    study = Counter(
        each.student.key
        for members in memberships.values()
        for each in members
        if each.status == "enrolled"
    )
    fit = [each for each in students[1:IN_TWO_PROGRAMS] if study[each.key] == 2]  # noqa: PLR2004  both
    return fit[-NEWCOMERS:]


def _invent_students(
    dice: Random,
    numbers: Sequence[int],
    handles: Collection[str] = (),
    *,
    years: Sequence[str] = ("24", "25", "26"),
) -> list[Student]:
    taken = Counter(handle.rstrip(digits) for handle in handles)
    students = []
    for number in numbers:
        given, family = (dice.choice(names.split()) for names in dice.choice(NAMES))
        handle = f"{_plain(given)}.{_plain(family)}"
        taken[handle] += 1
        unique = handle if taken[handle] == 1 else f"{handle}{taken[handle]}"
        year = dice.choice(years)
        students.append(Student(f"LU{year}-{number}", given, family, unique))
    return students


def _plain(name: str) -> str:
    """Write a name as an address can have it."""
    letters = normalize("NFKD", name.casefold()).translate(LETTERS)
    return letters.encode("ascii", "ignore").decode()


def _choose_courses(program: str, dice: Random, *, is_in_two: bool) -> list[str]:
    """Return numbers of courses; whoever is in two programs takes ethics in both."""
    numbers = [number for number in PROGRAMS[program][1] if number != WRITING]
    chosen = dice.sample(numbers, COURSES_EACH - dice.randint(0, 1))
    if is_in_two and "ETH500" not in chosen:
        chosen[0] = "ETH500"
    return sorted(chosen)


def choose_term(course: str) -> str:
    """Return the term in which everybody takes a course."""
    return list(TERMS)[ord(course[0]) % len(TERMS)]
