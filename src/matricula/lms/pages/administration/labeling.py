"""Labeling: what the administration calls tables and columns."""

from django.utils.translation import gettext_lazy as _

from matricula.service.looks.labeling import label_tables

GROUPS = {
    "access": _("Access"),
    "accounts": _("Accounts"),
    "catalog": _("Catalog"),
    "clients": _("Clients"),
    "ledger": _("Ledger"),
    "organizations": _("Organizations"),
    "sign_on": _("Sign-on by schools"),
}
TABLES = {
    "access.roleassignment": (_("role assignment"), _("role assignments")),
    "accounts.account": (_("account"), _("accounts")),
    "catalog.course": (_("course"), _("courses")),
    "catalog.courserun": (_("course run"), _("course runs")),
    "catalog.curriculum": (_("curriculum"), _("curricula")),
    "catalog.program": (_("program"), _("programs")),
    "clients.client": (_("client"), _("clients")),
    "ledger.change": (_("change"), _("changes")),
    "ledger.changeset": (_("change set"), _("change sets")),
    "organizations.organization": (_("organization"), _("organizations")),
    "sign_on.provider": (_("provider"), _("providers")),
}
"""One row, and many."""
COLUMNS = {
    "account": _("account"),
    "actor": _("actor"),
    "after": _("after"),
    "at": _("moment"),
    "before": _("before"),
    "change_set": _("change set"),
    "channel": _("channel"),
    "client_id": _("client id"),
    "course": _("course"),
    "course_runs": _("course runs"),
    "courses": _("courses"),
    "created_at": _("created at"),
    "created": _("created"),
    "email": _("e-mail address"),
    "end_at": _("end"),
    "enrollment_end_at": _("end of enrollment"),
    "enrollment_start_at": _("start of enrollment"),
    "external_key": _("external key"),
    "id": _("number"),
    "is_active": _("active"),
    "is_invitation_only": _("by invitation only"),
    "is_on": _("on"),
    "is_test": _("in test mode"),
    "is_trusted": _("trusted"),
    "issuer": _("issuer"),
    "key": _("key"),
    "key_claim": _("claim of the student key"),
    "marketing_url": _("address for visitors"),
    "merged_into": _("merged into"),
    "mode": _("mode"),
    "name": _("name"),
    "on_changed_key": _("when the key changes"),
    "organization": _("organization"),
    "pacing": _("pacing"),
    "position": _("position"),
    "program": _("program"),
    "programs": _("programs"),
    "protocol": _("protocol"),
    "reason": _("reason"),
    "recorded_at": _("recorded at"),
    "redirect_uris": _("redirect URIs"),
    "request_id": _("request id"),
    "retired_at": _("retired at"),
    "role": _("role"),
    "row_id": _("row"),
    "slug": _("slug"),
    "start_at": _("start"),
    "status": _("status"),
    "subject": _("table"),
    "title": _("title"),
    "transaction_id": _("transaction"),
    "trusted_domains": _("trusted domains"),
    "type": _("type"),
    "updated": _("updated"),
    "user": _("account"),
    "uuid": _("UUID"),
}


def label_administration() -> None:
    """Call all that is on the site by these words."""
    label_tables(groups=GROUPS, tables=TABLES, columns=COLUMNS)
