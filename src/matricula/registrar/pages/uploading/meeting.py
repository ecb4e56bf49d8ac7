"""Meeting another job at a program: which one it is that writes there, and how far it is."""

from matricula.registrar.jobs.api import KINDS, Direction, Job, JobState, JobsWanted, oversee_jobs
from matricula.registrar.pages.entering import Visit
from matricula.registrar.partners.api import Program

WRITING = [kind.name for kind in KINDS.values() if kind.direction is Direction.WRITE]
RUNNING = [state.value for state in JobState if not state.is_final]


def find_writer(visit: Visit, program: Program) -> Job | None:
    """Return the job that writes to a program, if there is one."""
    wanted = JobsWanted(program=program, kinds=WRITING, states=RUNNING)
    found = oversee_jobs(by=visit.by, wanted=wanted, limit=1)
    return found[0] if found else None
