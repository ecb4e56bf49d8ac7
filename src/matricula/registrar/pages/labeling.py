"""Labeling: what the administrators' pages call tables and columns."""

from django.utils.translation import gettext_lazy as _

from matricula.service.looks.labeling import label_tables

GROUPS = {"partners": _("Partners")}
TABLES = {
    "partners.organization": (_("organization"), _("organizations")),
    "partners.program": (_("program"), _("programs")),
    "partners.roleassignment": (_("role assignment"), _("role assignments")),
}
"""One row, and many."""
COLUMNS = {
    "given_at": _("given at"),
    "given_by": _("given by"),
    "key": _("key"),
    "kind": _("kind"),
    "name": _("name"),
    "organization": _("organization"),
    "program": _("program"),
    "role": _("role"),
    "title": _("title"),
    "type": _("type"),
    "url": _("address"),
    "uuid": _("UUID"),
}


def label_administration() -> None:
    """Call all that is on the site by these words."""
    label_tables(groups=GROUPS, tables=TABLES, columns=COLUMNS)
