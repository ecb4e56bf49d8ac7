from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from matricula.lms.catalog.api import (
    CourseRun,
    CourseRunMode,
    Curriculum,
    OfferedMode,
    list_modes_of_runs,
)
from tests import given
from tests.lms.kernel.seeing import count_statements


def offered(run: CourseRun, *modes: str) -> None:
    for mode in modes:
        CourseRunMode.objects.create(course_run=run, mode=mode)


def slugs(run: CourseRun) -> list[str]:
    return [each.mode for each in list_modes_of_runs(run_ids=[run.pk])[run.pk]]


@pytest.mark.django_db
def test_a_course_run_has_the_modes_that_the_catalog_says_from_the_lowest() -> None:
    run = given.course_run()
    given.program(runs=[run], mode="masters")
    offered(run, "verified", "audit", "professional")
    assert slugs(run) == ["audit", "verified", "professional"]


@pytest.mark.django_db
def test_a_mode_says_what_it_costs() -> None:
    run = given.course_run()
    CourseRunMode.objects.create(
        course_run=run, mode="verified", min_price="49.00", currency="USD", sku="A1"
    )
    [mode] = list_modes_of_runs(run_ids=[run.pk])[run.pk]
    assert mode == OfferedMode(mode="verified", min_price=Decimal(49), currency="USD", sku="A1")


@pytest.mark.django_db
def test_one_without_any_is_offered_in_audit_and_in_the_modes_of_its_programs() -> None:
    run, alone = given.course_run("HYD1"), given.course_run("HYD2")
    given.program("hydrology", runs=[run], mode="masters")
    given.program("certificate", runs=[run], mode="verified")
    assert slugs(run) == ["audit", "verified", "masters"]
    assert slugs(alone) == ["audit"]


@pytest.mark.django_db
def test_a_program_that_has_it_through_another_counts_and_a_past_curriculum_does_not() -> None:
    run = given.course_run()
    inner = given.program("certificate", runs=[run], mode="verified")
    outer = given.program("degree", mode="masters", inactive_curricula=1)
    past = given.program("old-degree", mode="credit", inactive_curricula=1)
    Curriculum.objects.get(program=outer.id, is_active=True).programs.set([inner.id])
    Curriculum.objects.get(program=past.id, is_active=False).course_runs.set([run])
    assert slugs(run) == ["audit", "verified", "masters"]


@pytest.mark.django_db
def test_many_take_two_statements() -> None:
    runs = [given.course_run(f"C{number}") for number in range(30)]
    given.program(runs=runs)
    offered(runs[0], "audit")
    for some in (runs[:2], runs):
        ask = partial(list_modes_of_runs, run_ids=[run.pk for run in some])
        assert count_statements(ask) == 2
    assert len(list_modes_of_runs(run_ids=[run.pk for run in runs])) == 30


def test_a_mode_expires_at_its_moment() -> None:
    mode = OfferedMode(mode="verified", expires_at=given.NOW)
    assert mode.has_expired(at=given.NOW)
    assert not mode.has_expired(at=given.NOW - timedelta(seconds=1))
    assert not OfferedMode(mode="audit").has_expired(at=given.NOW)
