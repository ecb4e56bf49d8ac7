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


def _read(name: str) -> str:
    return os.environ.get(f"MATRICULA_{name}", "").strip()
