"""Reports over HTTP (contract 2.6)."""

from urllib.parse import urlsplit

import pytest
from django.core.files.storage import storages
from django.test import Client

from tests.registrar.calling import calling_anonymously, calling_with
from tests.registrar.reports.test_listing import put

pytestmark = pytest.mark.django_db

REPORTS = "/api/v1/programs/hydrology/reports"


def test_a_report_is_listed_with_a_link_that_a_browser_opens() -> None:
    put("individual__2031-02-01.csv")
    (told,) = calling_with("read_reports").get(REPORTS).json()
    link = told.pop("download_url")
    assert told == {"name": "individual__2031-02-01.csv", "created_date": "2031-02-01"}
    assert link.startswith("http://127.0.0.1:8001/reports/reports_v2/RiverU/")
    parts = urlsplit(link)
    answer = Client().get(f"{parts.path}?{parts.query}")
    assert answer.getvalue() == b"a,b\n"
    assert answer["Content-Type"] == "text/csv"
    disposition = answer["Content-Disposition"]
    assert disposition == 'attachment; filename="individual__2031-02-01.csv"'


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_those_of_a_day_or_later_may_be_asked_for(version: str, slash: str) -> None:
    put("individual__2031-02-01.csv")
    caller = calling_with("read_reports")
    path = f"/api/{version}/programs/hydrology/reports{slash}?min_created_date="
    counts = [len(caller.get(path + day).json()) for day in ("2031-02-01", "2031-02-02", "")]
    assert counts == [1, 0, 1]


@pytest.mark.parametrize("day", ["yesterday", "2031-02-30", "20310201", "2031-2-1", "2031-W05-6"])
def test_what_is_no_day_is_a_bad_request(day: str) -> None:
    answer = calling_with("read_reports").get(f"{REPORTS}?min_created_date={day}")
    assert answer.status_code == 400
    assert "min_created_date" in answer.json()["detail"]


def test_who_asks_is_looked_at_in_the_order_of_the_contract() -> None:
    assert calling_anonymously().get(REPORTS).status_code == 401
    caller = calling_with("read_write_enrollments")
    assert caller.get("/api/v1/programs/none/reports").status_code == 404
    assert caller.get(REPORTS).status_code == 403


def test_a_link_to_a_report_opens_no_other_and_no_file_of_a_job() -> None:
    put("individual__2031-02-01.csv")
    (told,) = calling_with("read_reports").get(REPORTS).json()
    parts = urlsplit(told["download_url"])
    other = parts.path.replace("individual", "other")
    assert Client().get(f"{other}?{parts.query}").status_code == 403
    as_file = parts.path.replace("/reports/", "/files/", 1)
    assert Client().get(f"{as_file}?{parts.query}").status_code == 403


def test_a_report_that_was_taken_away_is_not_found() -> None:
    put("individual__2031-02-01.csv")
    (told,) = calling_with("read_reports").get(REPORTS).json()
    parts = urlsplit(told["download_url"])
    storages["reports"].delete(parts.path.removeprefix("/reports/"))
    answer = Client().get(f"{parts.path}?{parts.query}")
    assert (answer.status_code, answer.json()["code"]) == (404, "report-gone")
