from datetime import timedelta
from functools import partial

import pytest

from matricula.lms.catalog.api import (
    CourseRun,
    CourseRunDescription,
    Progress,
    UnknownCourseRun,
    describe_course_run,
    describe_course_runs,
    find_course_run_ids,
    get_course_run,
)
from tests import given
from tests.lms.kernel.seeing import count_statements

DAY = timedelta(days=1)


def described(**fields: object) -> CourseRunDescription:
    run = given.course_run()
    CourseRun.objects.filter(pk=run.pk).update(**fields)
    return describe_course_run(key=run.key)


@pytest.mark.django_db
def test_a_course_run_is_described() -> None:
    run = given.course_run("HYD1", external_key="H1")
    given.program(runs=[run])
    run.course.title = "Rivers"
    run.course.save()
    shown = described(pacing="self_paced", start_at=given.NOW, is_invitation_only=True)
    assert (shown.id, shown.key, shown.external_key) == (run.pk, run.key, "H1")
    assert (shown.course_key, shown.course_title) == ("RiverU+HYD1", "Rivers")
    assert (shown.organization_key, shown.name) == ("RiverU", "Rivers")
    assert (shown.start_at, shown.is_self_paced, shown.is_invitation_only) == (
        given.NOW,
        True,
        True,
    )
    assert [each.mode for each in shown.modes] == ["audit", "masters"]


@pytest.mark.django_db
def test_it_is_called_by_its_title_else_its_courses_else_its_key() -> None:
    run = given.course_run()
    assert describe_course_run(key=run.key).name == run.key
    assert described(title="Rivers I").name == "Rivers I"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "progress"),
    [
        (None, None, Progress.IN_PROGRESS),
        (DAY, None, Progress.UPCOMING),
        (-DAY, None, Progress.IN_PROGRESS),
        (-DAY, DAY, Progress.IN_PROGRESS),
        (-2 * DAY, -DAY, Progress.COMPLETED),
        (None, -DAY, Progress.COMPLETED),
        (0 * DAY, DAY, Progress.IN_PROGRESS),
        (-DAY, 0 * DAY, Progress.COMPLETED),
    ],
)
def test_its_dates_say_how_far_it_is(
    start: timedelta | None, end: timedelta | None, progress: Progress
) -> None:
    shown = described(
        start_at=None if start is None else given.NOW + start,
        end_at=None if end is None else given.NOW + end,
    )
    assert shown.progress(at=given.NOW) == progress


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [
        (None, None, True),
        (DAY, None, False),
        (0 * DAY, DAY, True),
        (None, 0 * DAY, False),
        (-DAY, DAY, True),
    ],
)
def test_enrollment_is_open_from_its_start_until_its_end(
    opens: timedelta | None, closes: timedelta | None, *, is_open: bool
) -> None:
    shown = described(
        enrollment_start_at=None if opens is None else given.NOW + opens,
        enrollment_end_at=None if closes is None else given.NOW + closes,
    )
    assert shown.is_enrollment_open(at=given.NOW) is is_open


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ["course-v1:RiverU+HYD1+2099", "COURSE-V1:RIVERU+HYD1+2031_T1", "", "a\0b", "\ud800"]
)
def test_one_that_is_not_there_is_refused(key: str) -> None:
    given.course_run()
    for ask in (get_course_run, describe_course_run):
        with pytest.raises(UnknownCourseRun, match="There is no course run"):
            ask(key=key)


@pytest.mark.django_db
def test_ids_are_found_of_those_that_are_there() -> None:
    run = given.course_run()
    assert find_course_run_ids(keys=[run.key, "course-v1:a+b+c", "a\0b"]) == {run.key: run.pk}
    assert get_course_run(key=run.key).id == run.pk


@pytest.mark.django_db
def test_many_are_described_in_three_statements() -> None:
    runs = [given.course_run(f"C{number}") for number in range(30)]
    ids = [run.pk for run in runs]
    assert describe_course_runs(ids=[*ids, 0]).keys() == set(ids)
    for some in (ids[:2], ids):
        assert count_statements(partial(describe_course_runs, ids=some)) == 3
