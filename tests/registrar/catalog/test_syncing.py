"""Bringing the LMS's catalog."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.lms_client.api import Program as CatalogProgram
from matricula.registrar.catalog.api import Synced, recall_courses, sync_catalog
from matricula.registrar.kernel.api import LmsIsUnreachable, LmsNotSetUp
from matricula.registrar.partners.api import (
    PermissionMissing,
    find_program,
    get_program,
    read_holdings,
)
from tests.registrar import given

pytestmark = pytest.mark.django_db


class CutShort(FakeLms):
    """An LMS that goes away behind its first hundred programs."""

    def list_programs(self) -> Iterator[CatalogProgram]:
        for number in range(100):
            yield given.catalog_program(f"p-{number}")
        raise LmsUnreachable("The LMS cannot be reached: there is no connection.")


def test_the_catalog_is_brought() -> None:
    synced = sync_catalog(by=given.OPERATOR, at=given.NOW)
    assert synced == Synced(programs=3, changed=3)
    program = find_program(key=given.HYDROLOGY)
    assert program is not None
    courses = recall_courses(program=program, at=given.NOW)
    assert [run.key for run in courses.runs] == [given.RUN, given.SECOND_RUN]


def test_again_writes_only_how_old_it_is() -> None:
    sync_catalog(by=given.OPERATOR, at=given.NOW)
    later = given.NOW + timedelta(hours=1)
    assert sync_catalog(by=given.OPERATOR, at=later) == Synced(programs=3, changed=0)
    assert recall_courses(program=get_program(key=given.POETRY), at=later).read_at == later


def test_what_the_lms_changes_is_changed(lms: FakeLms) -> None:
    sync_catalog(by=given.OPERATOR, at=given.NOW)
    lms.programs[0] = given.catalog_program(given.HYDROLOGY, runs=[(given.SECOND_RUN, "B")])
    assert sync_catalog(by=given.OPERATOR, at=given.NOW).changed == 1
    (run,) = recall_courses(program=get_program(key=given.HYDROLOGY), at=given.NOW).runs
    assert (run.key, run.external_key) == (given.SECOND_RUN, "B")


def test_what_the_lms_no_longer_lists_stays_with_its_roles(lms: FakeLms) -> None:
    sync_catalog(by=given.OPERATOR, at=given.NOW)
    given.with_role("read_metadata", in_program=given.HYDROLOGY)
    lms.programs.clear()
    assert sync_catalog(by=given.OPERATOR, at=given.NOW).programs == 0
    program = get_program(key=given.HYDROLOGY)
    assert read_holdings(given.actor()).on_program(program)


def test_a_failure_is_told_and_what_was_brought_stays(settings: Settings) -> None:
    settings.REACH_LMS = CutShort
    with pytest.raises(LmsIsUnreachable):
        sync_catalog(by=given.OPERATOR, at=given.NOW)
    assert find_program(key="p-99") is not None


def test_without_credentials_it_says_so(settings: Settings) -> None:
    settings.REACH_LMS = None
    settings.LMS_CLIENT_ID = ""
    with pytest.raises(LmsNotSetUp):
        sync_catalog(by=given.OPERATOR, at=given.NOW)


def test_it_needs_the_permission() -> None:
    with pytest.raises(PermissionMissing):
        sync_catalog(by=given.actor(), at=given.NOW)
