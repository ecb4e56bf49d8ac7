"""Recalling programs and their courses; the LMS is asked for what is not known here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from matricula.lms_client.api import LmsNotFound
from matricula.registrar.catalog.models import CourseRun, ProgramMemory
from matricula.registrar.catalog.remembering import remember_programs
from matricula.registrar.kernel.api import Actor, ActorKind, reaching_lms
from matricula.registrar.partners.api import Program, UnknownProgram, find_program
from matricula.service.quoting import quote
from matricula.service.refusals import NotFound

OURSELVES = Actor(kind=ActorKind.WORKER, key="catalog", channel="catalog")


class UnknownCourse(NotFound):
    """The program has no course run of that name."""

    code = "unknown-course"


@dataclass(frozen=True, slots=True)
class Courses:
    """A program's course runs, and since when they are known to be these."""

    runs: Sequence[CourseRun]
    read_at: datetime


def recall_program(*, key: str, at: datetime) -> Program:
    """Return the program of a key. One query for one that is known; else the LMS is asked.

    Whether somebody may see it is asked of partners, who then need not ask the LMS.

    Raises:
        Unavailable: it is not known here, and the LMS cannot be asked.
        UnknownProgram: the LMS has none.
    """
    program = find_program(key=key)
    if program is not None:
        return program
    with reaching_lms(patiently=False) as lms:
        said = lms.find_program(key)
        if said is not None:
            remember_programs(programs=[said], by=OURSELVES, at=at)
    program = find_program(key=key)
    if program is None:
        raise UnknownProgram(_("There is no program %(key)s.") % {"key": quote(key)})
    return program


def recall_courses(*, program: Program, at: datetime) -> Courses:
    """Return the course runs of a program; the LMS is asked only if they were never remembered.

    Raises:
        Unavailable: they are not known here, and the LMS cannot be asked.
        UnknownProgram: the LMS no longer has the program.
    """
    memory = ProgramMemory.objects.filter(program=program).first()
    if memory is None:
        _ask_for(program, at)
        memory = ProgramMemory.objects.get(program=program)
    runs = CourseRun.objects.filter(program=program).order_by("position")
    return Courses(runs=list(runs), read_at=memory.read_at)


def recall_course_run(*, program: Program, name: str, at: datetime) -> CourseRun:
    """Return the course run of a program by its key or, if it is none's, by the school's name.

    Raises:
        Unavailable: the program's course runs are not known here, and the LMS cannot be asked.
        UnknownCourse: it has none of that name.
    """
    runs = recall_courses(program=program, at=at).runs
    named = [run for run in runs if run.key == name] or [
        run for run in runs if run.external_key == name and name
    ]
    if not named:
        raise UnknownCourse(_("The program has no course %(name)s.") % {"name": quote(name)})
    return named[0]


def _ask_for(program: Program, at: datetime) -> None:
    try:
        with reaching_lms(patiently=False) as lms:
            said = lms.get_program(program.uuid)
    except LmsNotFound:
        raise UnknownProgram(
            _("The LMS no longer has the program %(key)s.") % {"key": program.key}
        ) from None
    remember_programs(programs=[said], by=OURSELVES, at=at)
