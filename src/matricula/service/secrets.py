"""Secrets: from the environment, or made once and kept readable by their owner alone."""

import os
import secrets
from pathlib import Path

from matricula.postgres import home, is_external
from matricula.service.refusals import Unavailable


class SecretMissing(Unavailable):
    """A secret is not set, and must not be made here."""

    code = "secret-missing"


def read_secret(name: str) -> str:
    """Return the secret ``MATRICULA_<name>``, else the one kept under ``$MATRICULA_HOME/secrets``.

    A missing file is made; two processes that make it at once end with the same one.

    Raises:
        SecretMissing: the file is empty.
    """
    if given := os.environ.get(f"MATRICULA_{name}", "").strip():
        return given
    path = _place(name)
    if not path.exists():
        _make(path)
    kept = path.read_text().strip()
    if not kept:
        raise SecretMissing(f"{path} is empty: put the secret back, or set MATRICULA_{name}.")
    return kept


def find_secret(name: str) -> str:
    """Return the variable ``<name>``, else the file, else nothing: others have made it."""
    if given := os.environ.get(name, "").strip():
        return given
    path = _place(name)
    return path.read_text().strip() if path.exists() else ""


def keep_secret(name: str, value: str) -> None:
    """Keep what others have made where ``find_secret`` looks, instead of what was there."""
    draft = _write_draft(_place(name), value)
    draft.replace(_place(name))


def read_shared_secret(name: str) -> str:
    """Return a secret that every host at one database must have alike, as ``read_secret`` does.

    With an external server others may stand beside this host: then none is made.

    Raises:
        SecretMissing: it is not there, and must not be made here; or its file is empty.
    """
    is_given = os.environ.get(f"MATRICULA_{name}", "").strip() or _place(name).exists()
    if is_external() and not is_given:
        raise SecretMissing(
            f"MATRICULA_{name} must be set: with DATABASE_URL other hosts may use the same "
            "database, and all need the same one. It is not made here."
        )
    return read_secret(name)


def _place(name: str) -> Path:
    return home() / "secrets" / name.lower()


def _make(path: Path) -> None:
    draft = _write_draft(path, secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write_draft(path: Path, value: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(value)
    return draft
