"""Reading settings from the environment; each is called ``MATRICULA_<name>``."""

import os
from collections.abc import Sequence


def read_text(name: str, *, default: str) -> str:
    """Return the setting, or the default if it is unset or blank."""
    return _read(name) or default


def read_list(name: str, *, default: Sequence[str]) -> list[str]:
    """Return the values between the commas, or the default if it is unset or blank."""
    values = [value.strip() for value in _read(name).split(",")]
    return [value for value in values if value] or [value for value in default if value]


def read_number(name: str, *, default: int) -> int:
    """Return the setting as a whole number, or the default if it is unset or blank.

    Raises:
        SystemExit: it is none; nothing can be done before it is mended.
    """
    given = _read(name)
    if not given.isascii() or not (given or "0").isdigit():
        raise SystemExit(f"matricula: MATRICULA_{name} is no whole number: {given!r}.")
    return int(given) if given else default


def _read(name: str) -> str:
    return os.environ.get(f"MATRICULA_{name}", "").strip()
