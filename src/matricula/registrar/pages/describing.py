"""Describing a program: what each of its pages says of it."""

from collections.abc import Mapping
from typing import Any

from matricula.registrar.partners.api import Permission, PermittedProgram, title_of


def describe_program(permitted: PermittedProgram) -> Mapping[str, Any]:
    """Return what each of a program's pages says of it."""
    return {
        "program": permitted.program,
        "title": title_of(permitted.program),
        "may_read": Permission.READ_ENROLLMENTS in permitted.permissions,
        "may_write": Permission.WRITE_ENROLLMENTS in permitted.permissions,
        "may_report": Permission.READ_REPORTS in permitted.permissions,
    }
