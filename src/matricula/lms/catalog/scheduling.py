"""Finding course runs, and describing them: when they are, how, and in which modes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from matricula.lms.catalog.keys import CourseRunKey
from matricula.lms.catalog.models import SELF_PACED, CourseRun
from matricula.lms.catalog.offering import OfferedMode, list_modes_of_runs
from matricula.lms.kernel.api import UNSTORABLE, NotFound, quote


class UnknownCourseRun(NotFound):
    """No course run has that key."""

    code = "course-run-not-found"


class Progress(StrEnum):
    """How far a course run is, for everybody in it. A learner may be done before."""

    UPCOMING = "upcoming"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class CourseRunOutline:
    """What there is to know of a course run to write and read enrollments in it."""

    id: int
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseRunDescription:
    """A course run. Texts that are empty and moments that are None are not known.

    ``organization_key`` is the one in its key: ``RiverU`` of ``course-v1:RiverU+HYD1+2031_T1``.
    ``modes`` stand from the lowest to the highest.
    """

    id: int
    key: str
    external_key: str
    title: str
    course_key: str
    course_title: str
    organization_key: str
    marketing_url: str
    start_at: datetime | None
    end_at: datetime | None
    enrollment_start_at: datetime | None
    enrollment_end_at: datetime | None
    pacing: str
    is_invitation_only: bool
    modes: Sequence[OfferedMode]

    @property
    def name(self) -> str:
        """What to call it: its title, else its course's, else its key."""
        return self.title or self.course_title or self.key

    @property
    def is_self_paced(self) -> bool:
        """Whether learners set the pace. A run that does not say is its instructor's."""
        return self.pacing == SELF_PACED

    def progress(self, *, at: datetime) -> Progress:
        """Return how far it is. Without a start it has started, without an end it goes on."""
        if self.end_at is not None and self.end_at <= at:
            return Progress.COMPLETED
        if self.start_at is not None and self.start_at > at:
            return Progress.UPCOMING
        return Progress.IN_PROGRESS

    def is_enrollment_open(self, *, at: datetime) -> bool:
        """Tell whether its time of enrolling is now. Who may is not asked."""
        is_early = self.enrollment_start_at is not None and at < self.enrollment_start_at
        is_late = self.enrollment_end_at is not None and self.enrollment_end_at <= at
        return not (is_early or is_late)


def get_course_run(*, key: str) -> CourseRunOutline:
    """Return the course run of that key, as it is spelled.

    Raises:
        UnknownCourseRun: there is none.
    """
    ids = find_course_run_ids(keys=[key])
    if key not in ids:
        raise UnknownCourseRun(f"There is no course run {quote(key)}.")
    return CourseRunOutline(ids[key], key)


def find_course_run_ids(*, keys: Collection[str]) -> dict[str, int]:
    """Return the ids of those course runs that there are, by key, in one query."""
    wanted = [key for key in keys if not UNSTORABLE.search(key)]
    found = CourseRun.objects.filter(key__in=wanted)
    return {key: run_id for run_id, key in found.values_list("pk", "key")}


def describe_course_run(*, key: str) -> CourseRunDescription:
    """Return the course run of that key, as it is spelled.

    Raises:
        UnknownCourseRun: there is none.
    """
    described = {} if UNSTORABLE.search(key) else _describe_all(CourseRun.objects.filter(key=key))
    if not described:
        raise UnknownCourseRun(f"There is no course run {quote(key)}.")
    return next(iter(described.values()))


def describe_course_runs(*, ids: Collection[int]) -> dict[int, CourseRunDescription]:
    """Return those course runs that there are, by id, in three queries."""
    return _describe_all(CourseRun.objects.filter(pk__in=ids))


def _describe_all(found: QuerySet[CourseRun]) -> dict[int, CourseRunDescription]:
    runs = found.select_related("course").in_bulk()
    modes = list_modes_of_runs(run_ids=list(runs))
    return {run_id: _describe(run, modes[run_id]) for run_id, run in runs.items()}


def _describe(run: CourseRun, modes: Sequence[OfferedMode]) -> CourseRunDescription:
    return CourseRunDescription(
        id=run.pk,
        key=run.key,
        external_key=run.external_key,
        title=run.title,
        course_key=run.course.key,
        course_title=run.course.title,
        organization_key=CourseRunKey.parse(run.key).organization,
        marketing_url=run.marketing_url,
        start_at=run.start_at,
        end_at=run.end_at,
        enrollment_start_at=run.enrollment_start_at,
        enrollment_end_at=run.enrollment_end_at,
        pacing=run.pacing,
        is_invitation_only=run.is_invitation_only,
        modes=modes,
    )
