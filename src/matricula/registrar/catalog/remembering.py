"""Remembering what the LMS says of programs: a handful of statements for any number of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from django.db import transaction

from matricula.lms_client.api import Program as CatalogProgram
from matricula.registrar.catalog.models import CourseRun, ProgramMemory
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import keep_programs


@transaction.atomic
def remember_programs(
    *, programs: Sequence[CatalogProgram], by: Actor, at: datetime
) -> tuple[int, int]:
    """Remember programs and their course runs; return how many had changed, and how many not.

    Raises:
        PermissionMissing: the actor may not.
    """
    ids = keep_programs(programs=programs, by=by)
    said = {ids[each.uuid]: each for each in programs}
    memories = ProgramMemory.objects.select_for_update().filter(pk__in=said).order_by("pk")
    known = dict(memories.values_list("pk", "digest"))
    digests = {program_id: _digest(each) for program_id, each in said.items()}
    changed = [each for each in said if known.get(each) != digests[each]]
    CourseRun.objects.filter(program__in=changed).delete()
    CourseRun.objects.bulk_create(
        run for program_id in changed for run in _list_runs(program_id, said[program_id])
    )
    ProgramMemory.objects.bulk_create(
        [ProgramMemory(pk=pk, digest=digest, read_at=at) for pk, digest in digests.items()],
        update_conflicts=True,
        unique_fields=["program"],
        update_fields=["digest", "read_at"],
    )
    return len(changed), len(said) - len(changed)


def _list_runs(program_id: int, said: CatalogProgram) -> Iterator[CourseRun]:
    """List the runs of the first active curriculum, each once."""
    active = next((each for each in said.curricula if each.is_active), None)
    courses = active.courses if active else ()
    runs = {run.key: run for course in courses for run in course.course_runs}
    titles = {run.key: course.title for course in courses for run in course.course_runs}
    for position, run in enumerate(runs.values()):
        yield CourseRun(
            program_id=program_id,
            position=position,
            key=run.key,
            external_key=run.external_key or "",
            title=run.title or titles[run.key] or "",
            url=run.marketing_url or "",
        )


def _digest(said: CatalogProgram) -> str:
    return sha256(msgspec.json.encode(said)).hexdigest()
