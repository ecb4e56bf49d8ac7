"""The door of reports."""

from matricula.registrar.reports.handing_out import ReportGone, link_to_report, open_report
from matricula.registrar.reports.listing import Report, ReportsAway, list_reports

__all__ = [
    "Report",
    "ReportGone",
    "ReportsAway",
    "link_to_report",
    "list_reports",
    "open_report",
]
