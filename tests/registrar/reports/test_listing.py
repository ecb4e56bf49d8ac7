"""Reports: what others have put into the folder of a program."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pytest_django import Settings

from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import PermissionMissing, Program, get_program
from matricula.registrar.reports.api import ReportsAway, list_reports
from tests.registrar import given

pytestmark = pytest.mark.django_db


def put(name: str, *, program: str = given.HYDROLOGY, school: str = given.RIVER) -> None:
    """A file that the makers of reports have left."""
    folder = f"reports_v2/{school}/{given.uuid(program).hex}"
    storages["reports"].save(f"{folder}/{name}", ContentFile(b"a,b\n"))


def analyst() -> Actor:
    given.remembered()
    given.with_role("read_reports", school=given.RIVER)
    return given.actor()


def hydrology() -> Program:
    return get_program(key=given.HYDROLOGY)


def names(by: Actor, since: date | None = None) -> list[str]:
    return [each.name for each in list_reports(program=hydrology(), by=by, since=since)]


def test_a_programs_reports_are_listed_by_date() -> None:
    put("individual__2031-02-01.csv")
    put("aggregate__2031-01-01.csv")
    put("individual__2031-01-01.csv")
    put("individual__2031-03-01.csv", program=given.GEOLOGY)
    by = analyst()
    first, *others = list_reports(program=hydrology(), by=by)
    assert (first.name, first.created_date) == ("aggregate__2031-01-01.csv", date(2031, 1, 1))
    assert [each.name for each in others] == [
        "individual__2031-01-01.csv",
        "individual__2031-02-01.csv",
    ]


def test_older_ones_may_be_left_out() -> None:
    for day in ("2031-01-31", "2031-02-01", "2031-02-02"):
        put(f"individual__{day}.csv")
    assert names(analyst(), since=date(2031, 2, 1)) == [
        "individual__2031-02-01.csv",
        "individual__2031-02-02.csv",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "individual.csv",
        "individual__2031-02-30.csv",
        "individual__2031-02-01",
        "individual_2031-02-01.csv",
        "__2031-02-01.csv",
        "individual__2031-02-01.csv.tmp",
    ],
)
def test_what_is_not_named_as_a_report_is_passed_over(name: str) -> None:
    put(name)
    put("a__b__2031-02-01.csv")
    assert names(analyst()) == ["a__b__2031-02-01.csv"]


def test_without_a_folder_there_are_no_reports() -> None:
    assert names(analyst()) == []


def test_folders_in_it_are_no_reports() -> None:
    put("old__2031-02-01.csv/individual__2031-02-01.csv")
    assert names(analyst()) == []


def test_only_whoever_may_read_reports_sees_them() -> None:
    given.remembered()
    given.with_role("read_write_enrollments", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        names(given.actor())


def test_a_storage_that_fails_is_said_to(settings: Settings) -> None:
    """A folder that is too long a name is trouble that even root has."""
    put("individual__2031-02-01.csv")
    settings.REPORTS_FOLDER = "x" * 300
    with pytest.raises(ReportsAway):
        names(analyst())
