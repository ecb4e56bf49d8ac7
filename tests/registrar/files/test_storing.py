"""Files: kept out of sight, followed by links that end, and deleted in time."""

import io
import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from matricula.registrar.files.api import (
    FileGone,
    LinkNotGood,
    StoredFile,
    delete_expired_files,
    follow_link,
    link_to_file,
    open_file,
    store_file,
)
from tests.registrar import given

pytestmark = pytest.mark.django_db


def stored(text: bytes = b"a,b\r\n") -> StoredFile:
    return store_file(
        folder="results", content=io.BytesIO(text), download_name="hydrology.csv", at=given.NOW
    )


def signature_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["signature"][0]


def test_a_file_is_read_as_it_was_stored() -> None:
    file = stored(b"1\n2\n")
    with open_file(name=file.name) as opened:
        assert opened.read() == b"1\n2\n"
    assert (file.size, len(file.sha256)) == (4, 64)


def test_all_of_it_is_stored_even_if_somebody_has_looked_into_it() -> None:
    content = io.BytesIO(b"1\n2\n")
    content.readline()
    file = store_file(
        folder="results", content=content, download_name="hydrology.csv", at=given.NOW
    )
    with open_file(name=file.name) as opened:
        assert opened.read() == b"1\n2\n"
    assert file.size == 4


def test_nobody_else_on_the_machine_may_read_it() -> None:
    path = Path(default_storage.path(stored().name))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_its_name_says_nothing_of_what_is_in_it() -> None:
    assert "hydrology" not in stored().name


def test_a_link_leads_to_it_for_a_while(settings: Settings) -> None:
    file = stored()
    link = link_to_file(name=file.name)
    assert link.startswith(f"{settings.REGISTRAR_URL}/files/{file.name}?")
    assert follow_link(name=file.name, signature=signature_in(link)) == file
    settings.LINK_HOURS = -1
    with pytest.raises(LinkNotGood):
        follow_link(name=file.name, signature=signature_in(link))


def test_a_link_leads_to_no_other_file() -> None:
    signature = signature_in(link_to_file(name=stored().name))
    with pytest.raises(LinkNotGood):
        follow_link(name=stored().name, signature=signature)


def test_files_are_deleted_when_their_time_is_over(settings: Settings) -> None:
    file = stored()
    late = given.NOW + timedelta(days=settings.FILE_DAYS)
    assert delete_expired_files(at=late) == 0
    assert delete_expired_files(at=late + timedelta(seconds=1)) == 1
    with pytest.raises(FileGone):
        open_file(name=file.name)
