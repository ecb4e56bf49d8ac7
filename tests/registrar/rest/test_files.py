"""Files as browsers get them: by the link alone."""

import io
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from matricula.registrar.files.api import StoredFile, link_to_file, store_file
from tests.registrar import given

pytestmark = pytest.mark.django_db


def stored(text: bytes = b"a,b\r\n") -> StoredFile:
    return store_file(
        folder="results",
        content=io.BytesIO(text),
        download_name="hydrology-enrollments.csv",
        at=given.NOW,
    )


def opened(link: str, *, method: str = "GET") -> HttpResponseBase:
    parts = urlsplit(link)
    return Client().generic(method, f"{parts.path}?{parts.query}")


def test_a_link_gives_a_file_to_be_saved() -> None:
    answer = opened(link_to_file(name=stored().name))
    assert answer.getvalue() == b"a,b\r\n"
    assert dict(answer.headers) | {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="hydrology-enrollments.csv"',
        "Content-Length": "5",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    } == dict(answer.headers)


def test_its_size_may_be_asked_for() -> None:
    answer = opened(link_to_file(name=stored().name), method="HEAD")
    assert (answer.status_code, answer["Content-Length"]) == (200, "5")
    answer.close()  # as a server does


def test_another_link_gives_nothing() -> None:
    link = link_to_file(name=stored().name)
    assert opened(f"{link}x").status_code == 403
    assert opened(link.partition("?")[0]).status_code == 403
    assert opened(link.replace("results", "uploads")).status_code == 403


def test_nothing_but_files_of_jobs_is_reached() -> None:
    link = link_to_file(name="../../secrets/registrar_secret_key")
    assert opened(link).status_code == 404


def test_a_link_that_is_over_says_so(settings: Settings) -> None:
    link = link_to_file(name=stored().name)
    settings.LINK_HOURS = -1
    answer = opened(link)
    assert answer.status_code == 403
    assert b"link-not-good" in answer.content  # type: ignore[attr-defined]  # a plain answer has it


def test_a_deleted_file_is_not_found() -> None:
    file = stored()
    default_storage.delete(file.name)
    assert opened(link_to_file(name=file.name)).status_code == 404
    file.delete()
    assert opened(link_to_file(name=file.name)).status_code == 404


def test_a_file_is_only_read() -> None:
    assert opened(link_to_file(name=stored().name), method="DELETE").status_code == 405
