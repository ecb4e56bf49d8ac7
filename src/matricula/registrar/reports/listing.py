"""Listing a program's reports."""

import re
from dataclasses import dataclass
from datetime import date

import structlog
from django.conf import settings
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from matricula.registrar.files.api import STORAGE_TROUBLES
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.service.refusals import Unavailable

STORAGE = "reports"
_NAME = re.compile(r".+__([0-9]{4}-[0-9]{2}-[0-9]{2})\.[^.]+", re.DOTALL)

log = structlog.get_logger("matricula.reports")


class ReportsAway(Unavailable):
    """The storage of reports cannot be reached."""

    code = "reports-away"


@dataclass(frozen=True, slots=True)
class Report:
    """A report; ``path`` is its name in the storage of reports."""

    name: str
    created_date: date
    path: str


def list_reports(*, program: Program, by: Actor, since: date | None = None) -> list[Report]:
    """Return a program's reports of a day or later, by date and name; no two have one name.

    Raises:
        PermissionMissing: the actor may not read the program's reports.
        ReportsAway: the storage cannot be reached.
    """
    require_program_permission(by, Permission.READ_REPORTS, program=program)
    folder = _folder_of(program)
    if folder is None:
        return []
    named = [_read_name(folder, name) for name in sorted(set(_list_names(folder)))]
    reports = [each for each in named if each is not None]
    passed_over = len(named) - len(reports)
    if passed_over:
        log.info("files that are no reports passed over", program=program.key, files=passed_over)
    wanted = [each for each in reports if since is None or each.created_date >= since]
    return sorted(wanted, key=lambda report: (report.created_date, report.name))


def _folder_of(program: Program) -> str | None:
    """Return where a program's reports are (contract 2.6); without a school there are none."""
    if program.organization is None:
        return None
    return f"{settings.REPORTS_FOLDER}/{program.organization.key}/{program.uuid.hex}"


def _list_names(folder: str) -> list[str]:
    try:
        return list(storages[STORAGE].listdir(folder)[1])
    except (FileNotFoundError, NotADirectoryError):
        return []
    except STORAGE_TROUBLES:
        raise ReportsAway(_("The reports cannot be reached now.")) from None


def _read_name(folder: str, name: str) -> Report | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return Report(name, date.fromisoformat(found[1]), f"{folder}/{name}")
    except ValueError:
        return None
