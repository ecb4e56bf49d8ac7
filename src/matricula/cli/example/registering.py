"""Registering the Registrar at the example's LMS, and bringing it what it has to know."""

import subprocess
import sys
from datetime import datetime

from matricula import postgres
from matricula.cli.example.cataloging import SCHOOL
from matricula.cli.example.equipping import DEAN, REGISTRAR
from matricula.lms.clients.api import (
    NewClient,
    change_redirect_uris,
    create_client,
    list_clients,
    renew_client_secret,
)
from matricula.lms.kernel.api import Actor
from matricula.service.secrets import find_secret, keep_secret

CLIENT = "Example Registrar"
ROLES = ("catalog", "write")
COMPLETE = "/login/complete"
COMMANDS = (
    ("sync",),
    ("grant", REGISTRAR, "read_write_enrollments", "--organization", SCHOOL),
    ("grant", DEAN, "administrator"),
)


def has_registrar() -> bool:
    """Tell whether this machine has a database for it; with ``DATABASE_URL`` alone it has not."""
    return postgres.is_external(postgres.Database.REGISTRAR) or not postgres.is_external()


def register_registrar(*, address: str, by: Actor, at: datetime) -> None:
    """Make it a client that people may sign in for. Safe to run again, also at another address.

    Its secret is kept where the Registrar looks for it, and shown nowhere.
    """
    wanted = [f"{address}{COMPLETE}"]
    known = {each.name: each for each in list_clients(by=by)}.get(CLIENT)
    if known is None:
        _keep(
            create_client(
                name=CLIENT,
                roles=ROLES,
                organization_id=None,
                is_trusted=True,
                redirect_uris=wanted,
                by=by,
                at=at,
            )
        )
        return
    change_redirect_uris(name=CLIENT, redirect_uris=wanted, by=by)
    if find_secret("LMS_CLIENT_ID") != known.client_id or not find_secret("LMS_CLIENT_SECRET"):
        _keep(renew_client_secret(name=CLIENT, by=by))


def introduce_school() -> str:
    """Bring the catalog, and let the example's registrar act; return what went wrong, if it did.

    The LMS must be listening.
    """
    for words in COMMANDS:
        command = [sys.executable, "-m", "matricula.cli", "registrar", *words]
        ran = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own command
        if ran.returncode:
            return ran.stderr.strip()
    return ""


def _keep(client: NewClient) -> None:
    keep_secret("LMS_CLIENT_ID", client.client_id)
    keep_secret("LMS_CLIENT_SECRET", client.client_secret)
