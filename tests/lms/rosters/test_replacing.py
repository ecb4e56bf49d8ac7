import errno
import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from matricula.lms.rosters.api import FileNotFinished, NotReplaceable, replacing

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
    "trouble", [OSError(errno.ENOSPC, "elsewhere"), KeyError("row"), SystemExit(143)], ids=repr
)
def test_a_file_that_is_not_finished_leaves_the_older_one_alone(
    tmp_path: Path, trouble: BaseException
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("line,verdict\n2,enrolled\n")

    def write_half() -> None:
        with replacing(path, like=LIKE) as stream:
            stream.write("line,verdict\n")
            raise trouble

    with pytest.raises(type(trouble)) as raised:
        write_half()
    assert raised.value is trouble, "whose trouble it is stays to be seen"
    assert path.read_text() == "line,verdict\n2,enrolled\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("older", ["", "line,verdict\r\n2,enrolled\r\n", "\ufeffline,verdict\n"])
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


@pytest.mark.parametrize(
    "older",
    [
        "student_key,line,verdict\r\n",
        "line,verdict,reason\r\n",
        "verdict,line\r\n",
        "Line,Verdict\r\n",
        "line;verdict\r\n",
        "\r\nline,verdict\r\n",
        "line,verdict\0",
    ],
)
def test_a_header_that_is_not_the_same_is_something_else(tmp_path: Path, older: str) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(older.encode())
    with pytest.raises(NotReplaceable, match="--force"), replacing(path, like=LIKE):
        pass
    assert path.read_bytes() == older.encode()


def test_a_name_that_is_too_long_and_a_path_under_a_file_are_refused(tmp_path: Path) -> None:
    file, loop = tmp_path / "file", tmp_path / "loop"
    file.touch()
    loop.symlink_to(loop)
    for path in (tmp_path / ("a" * 300), file / "out.csv", tmp_path / ("a" * 300) / "b", loop):
        with (
            pytest.raises(NotReplaceable, match="cannot be written"),
            replacing(path, like=LIKE, force=True),
        ):
            pass
    assert set(tmp_path.iterdir()) == {file, loop}


def test_a_long_name_that_is_not_too_long_is_fine(tmp_path: Path) -> None:
    path = tmp_path / ("\N{CYRILLIC SMALL LETTER IO}" * 127)
    with replacing(path, like=LIKE) as stream:
        stream.write("new")
    assert path.read_text() == "new"


def test_a_full_disk_is_told_from_other_trouble() -> None:
    with pytest.raises(FileNotFinished, match="/dev/full is not written: No space left"):
        _write_to(Path("/dev/full"))


def _write_to(path: Path) -> None:
    with replacing(path, like=LIKE) as stream:
        stream.write("new")


def test_nobody_else_reads_a_half_written_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    before = os.umask(0o027)
    try:
        with replacing(path, like=LIKE):
            [partial] = tmp_path.iterdir()
            assert stat.S_IMODE(partial.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        _write_to(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(before)
