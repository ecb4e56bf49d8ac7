"""Files and reports in S3 behave as those in a folder do."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from matricula.registrar.config.storing import configure_storage
from matricula.registrar.files.api import (
    FileAway,
    FileGone,
    NoRoomForFile,
    StoredFile,
    delete_expired_files,
    open_file,
    store_file,
)
from matricula.registrar.partners.api import get_program
from matricula.registrar.reports.api import ReportsAway, list_reports
from tests.registrar import given
from tests.registrar.files.keeping_objects import BUCKET, keeping_objects
from tests.registrar.reports.test_listing import analyst, put

pytestmark = pytest.mark.django_db


def at_s3(settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    nowhere = Path("/nowhere")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": configure_storage(f"s3://{BUCKET}/files", folder=nowhere),
        "reports": configure_storage(f"s3://{BUCKET}/reports/", folder=nowhere),
    }


@pytest.fixture
def kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    with keeping_objects() as (address, objects):
        at_s3(settings, monkeypatch, address)
        yield objects


@pytest.fixture
def _away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    at_s3(settings, monkeypatch, "http://127.0.0.1:1")


def stored(text: bytes = b"a,b\r\n") -> StoredFile:
    return store_file(
        folder="results", content=io.BytesIO(text), download_name="hydrology.csv", at=given.NOW
    )


@pytest.mark.parametrize("text", [b"", b"1\n2\n", b"x" * 3_000_000])
def test_a_file_is_read_as_it_was_stored(kept: dict[str, bytes], text: bytes) -> None:
    file = stored(text)
    assert kept == {f"files/{file.name}": text}
    assert file.size == len(text)
    with open_file(name=file.name) as opened:
        assert opened.read() == text


def test_files_are_deleted_when_their_time_is_over(
    kept: dict[str, bytes], settings: Settings
) -> None:
    file = stored()
    late = given.NOW + timedelta(days=settings.FILE_DAYS, seconds=1)
    assert delete_expired_files(at=late) == 1
    assert kept == {}
    with pytest.raises(FileGone):
        open_file(name=file.name)


def test_reports_are_listed(kept: dict[str, bytes]) -> None:
    by = analyst()
    program = get_program(key=given.HYDROLOGY)
    assert list_reports(program=program, by=by) == []
    put("individual__2031-02-01.csv")
    put("old__2031-02-01.csv/individual__2031-02-01.csv")
    (report,) = list_reports(program=program, by=by)
    assert f"reports/{report.path}" in kept
    assert report.name == "individual__2031-02-01.csv"


@pytest.mark.usefixtures("_away")
def test_while_it_cannot_be_reached_that_is_said() -> None:
    by = analyst()
    with pytest.raises(NoRoomForFile):
        stored()
    with pytest.raises(FileAway):
        open_file(name="results/x.csv")
    with pytest.raises(ReportsAway):
        list_reports(program=get_program(key=given.HYDROLOGY), by=by)
