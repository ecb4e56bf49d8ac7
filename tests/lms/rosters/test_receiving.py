import gzip
import zlib
from io import BytesIO

import pytest

from matricula.lms.rosters.api import Form, RosterKind, RosterTooLarge
from matricula.lms.rosters.receiving import receive_roster
from matricula.service.splitting import UnreadableRoster

TEXT = b"student_key,status\nrv-1,enrolled\n"


def received(body: bytes, *, limit: int = 1000, is_packed: bool = False) -> bytes:
    with receive_roster(
        stream=BytesIO(body),
        name="x",
        form=Form.CSV,
        kind=RosterKind.PROGRAM,
        limit=limit,
        is_packed=is_packed,
    ) as file:
        return file.stream.read()


def test_a_roster_is_taken_as_it_comes() -> None:
    assert received(TEXT) == TEXT
    assert received(b"") == b""


def test_a_packed_roster_is_unpacked() -> None:
    assert received(gzip.compress(TEXT), is_packed=True) == TEXT
    parts = gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])
    assert received(parts, is_packed=True) == TEXT


def test_a_roster_over_the_limit_is_refused() -> None:
    assert received(TEXT, limit=len(TEXT)) == TEXT
    with pytest.raises(RosterTooLarge):
        received(TEXT, limit=len(TEXT) - 1)


def test_little_that_unpacks_to_much_is_refused() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(RosterTooLarge):
        received(bomb, limit=1_000_000, is_packed=True)


@pytest.mark.parametrize(
    "body", [TEXT, gzip.compress(TEXT)[:-3], zlib.compress(TEXT), gzip.compress(TEXT) + b"more"]
)
def test_what_is_no_gzip_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableRoster, match="gzip"):
        received(body, is_packed=True)
