"""Listing jobs: each with how it stands now, and what its file was called."""

from collections.abc import Sequence
from dataclasses import dataclass

from matricula.registrar.jobs.api import Job, JobState
from matricula.registrar.pages.entering import Visit
from matricula.registrar.pages.uploading.standing import Standing, stand_plan
from matricula.registrar.pages.uploading.wording import STANDINGS, UNDONE, word_applying
from matricula.registrar.pages.wording import Word, word_state
from matricula.registrar.uploads.api import Plan, list_undone, map_plans


@dataclass(frozen=True, slots=True)
class Listed:
    """A job of a list. What a plan has come to is in its word, and not only that it is made."""

    job: Job
    word: Word
    name: str
    link: str


def list_for(
    visit: Visit, jobs: Sequence[Job], links: dict[int, str] | None = None
) -> list[Listed]:
    """Return jobs as a list shows them, with links to their files. Three queries."""
    if not jobs:
        return []
    plans, undone = map_plans(jobs=jobs), list_undone(jobs=jobs)
    return [
        Listed(
            job=job,
            word=UNDONE if job.pk in undone else _word(visit, job, plans.get(job.pk)),
            name=plans[job.pk].name if job.pk in plans else "",
            link=(links or {}).get(job.pk, ""),
        )
        for job in jobs
    ]


def _word(visit: Visit, job: Job, plan: Plan | None) -> Word:
    is_made = plan is not None and plan.job_id == job.pk and job.state == JobState.SUCCEEDED
    if plan is None or not is_made:
        return word_state(job)
    standing = stand_plan(plan, account_id=visit.account.pk, at=visit.at)
    if standing is Standing.TAKEN:
        return word_applying(plan.upload.job)
    return STANDINGS.get(standing) or word_state(job)
