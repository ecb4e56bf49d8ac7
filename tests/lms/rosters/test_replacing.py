import errno
import os
from pathlib import Path
from threading import Thread

import pytest

from matricula.lms.rosters.api import NoRoomForFile, NotReplaceable, replacing

LIKE = ("line", "verdict")


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with replacing(path, like=LIKE) as stream:
        stream.write("line,verdict\r\n")
        stream.flush()
        assert not path.exists()
    assert path.read_bytes() == b"line,verdict\r\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [(OSError(errno.ENOSPC, "No space left"), NoRoomForFile), (KeyError("row"), KeyError)],
)
def test_a_file_that_is_not_finished_leaves_the_older_one_alone(
    tmp_path: Path, trouble: Exception, refusal: type[Exception]
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("line,verdict\n2,enrolled\n")

    def write_half() -> None:
        with replacing(path, like=LIKE) as stream:
            stream.write("line,verdict\n")
            raise trouble

    with pytest.raises(refusal):
        write_half()
    assert path.read_text() == "line,verdict\n2,enrolled\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("older", ["", "student_key,status,line,verdict,reason\r\n"])
def test_an_older_file_of_the_same_kind_is_replaced(tmp_path: Path, older: str) -> None:
    path = tmp_path / "out.csv"
    path.write_text(older)
    with replacing(path, like=LIKE) as stream:
        stream.write("new")
    assert path.read_text() == "new"


def test_another_file_is_replaced_by_force_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear dean,\n")
    with pytest.raises(NotReplaceable, match="--force"), replacing(path, like=LIKE):
        pass
    assert path.read_text() == "Dear dean,\n"
    with replacing(path, like=LIKE, force=True) as stream:
        stream.write("new")
    assert path.read_text() == "new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "out.csv", tmp_path / "link.csv"
    link.symlink_to(path)
    with replacing(link, like=LIKE) as stream:
        stream.write("new")
    assert (link.is_symlink(), path.read_text()) == (True, "new")


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    with replacing(path, like=LIKE) as stream:
        stream.write("new")
    reader.join()
    assert read == ["new"]


def test_a_folder_is_no_place_to_write_to(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "out", "cannot be written"),
    ):
        with pytest.raises(NotReplaceable, match=words), replacing(path, like=LIKE):
            pass
