"""Handing reports out by links that any browser opens, for a while."""

from typing import IO, cast

from django.core.files.storage import storages
from django.utils.translation import gettext as _

from matricula.registrar.files.api import STORAGE_TROUBLES, make_link, require_good_link
from matricula.registrar.reports.listing import STORAGE, Report, ReportsAway
from matricula.service.refusals import NotFound

FOLDER = "reports"


class ReportGone(NotFound):
    """There is no such report, or no longer."""

    code = "report-gone"


def link_to_report(*, report: Report) -> str:
    """Return an absolute address at which a report can be had from now on, for a set time."""
    return make_link(folder=FOLDER, name=report.path)


def open_report(*, path: str, signature: str) -> IO[bytes]:
    """Open the report that a link leads to. The link is the permission.

    Raises:
        LinkNotGood: the link is none of ours, or too old.
        ReportGone: whoever makes reports has taken it away.
        ReportsAway: the storage cannot be reached.
    """
    require_good_link(folder=FOLDER, name=path, signature=signature)
    try:
        return cast("IO[bytes]", storages[STORAGE].open(path, "rb").file)
    except FileNotFoundError:
        raise ReportGone(_("The report is no longer there.")) from None
    except STORAGE_TROUBLES:
        raise ReportsAway(_("The reports cannot be reached now.")) from None
