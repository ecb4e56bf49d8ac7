"""Secrets: from the environment, or made once and kept readable by their owner alone."""

import os
import secrets

from matricula.postgres import home


def read_secret(name: str) -> str:
    """Return the secret ``MATRICULA_<name>``, else the one kept under ``$MATRICULA_HOME/secrets``.

    A missing file is made; two processes that make it at once end with the same one.
    """
    given = os.environ.get(f"MATRICULA_{name}")
    if given:
        return given
    folder = home() / "secrets"
    path = folder / name.lower()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name.lower()}.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
