import os
import shutil
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import pytest

from matricula.lms.rosters.api import RosterChanged, UnopenableRoster, open_roster


def test_a_roster_is_read_from_a_file_and_named_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "week 1.csv"
    path.write_bytes(b"abc")
    with open_roster(path=path) as file:
        assert (file.name, file.stream.seek(0), file.stream.read()) == ("week 1.csv", 0, b"abc")


def test_what_is_written_afterwards_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"before")
    with open_roster(path=path) as file:
        path.write_bytes(b"afterwards")
        file.stream.seek(0)
        assert file.stream.read() == b"before"


def test_a_file_that_is_written_to_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"before")
    ordinary = shutil.copyfileobj

    def copy(original: BinaryIO, target: BinaryIO, length: int) -> None:
        ordinary(original, target, length)
        with path.open("ab") as stream:
            stream.write(b" and after")

    monkeypatch.setattr(shutil, "copyfileobj", copy)
    with (
        pytest.raises(RosterChanged, match="was written to while it was read"),
        open_roster(path=path),
    ):
        pass


def test_a_hyphen_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"abc")))
    with open_roster(path=Path("-")) as file:
        file.stream.seek(0)
        assert (file.name, file.stream.read()) == ("standard input", b"abc")


def test_a_pipe_is_as_good_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = Thread(target=path.write_bytes, args=(b"abc",))
    writer.start()
    with open_roster(path=path) as file:
        file.stream.seek(0)
        assert file.stream.read() == b"abc"
    writer.join()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing.csv", "There is no file"),
        (".", "is a folder"),
        ("/dev/zero", "is a device"),
        ("a\0b", "cannot be read"),
        ("file/below", "cannot be read"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnopenableRoster, match=words), open_roster(path=tmp_path / name):
        pass


def test_a_name_that_is_no_text_can_be_kept_in_the_ledger(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Jos\xe9.csv"))
    path.write_bytes(b"abc")
    with open_roster(path=path) as file:
        assert file.name == "Jos\N{REPLACEMENT CHARACTER}.csv"
