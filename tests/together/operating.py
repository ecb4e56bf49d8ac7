"""What operators do at the LMS, in one process each: ``python -m tests.together.operating``."""

import json
import sys
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, uuid5

from msgspec import to_builtins

import matricula.cli  # noqa: F401  chooses the LMS's settings
from matricula.lms.catalog.api import load_catalog, parse_page
from matricula.lms.clients.api import (
    create_client,
    list_signing_keys,
    renew_client_secret,
    revoke_signing_key,
)
from tests import given
from tests.signing_on import provider

ROLES = {"registrar": ["catalog", "write"], "school": []}


def make_world(issuer: str, registrar: str, *programs: str) -> object:
    """Make programs, a school's provider, and clients, and return what these are known by.

    People may sign in here for the Registrar that is at an address.
    """
    page = parse_page(json.dumps([describe(name) for name in programs]).encode(), source="")
    load_catalog(programs=page.programs, by=given.OPERATOR, at=given.NOW)
    provider("riveru", issuer=issuer)
    return {
        name: create_client(
            name=name,
            roles=roles,
            organization_id=None,
            is_trusted=True,
            redirect_uris=[f"{registrar}/login/complete"] if name == "registrar" else [],
            by=given.OPERATOR,
            at=given.NOW,
        )
        for name, roles in ROLES.items()
    }


def describe(program: str) -> dict[str, object]:
    """A program of the river's school with one course run, which has a name of the school's."""
    course = f"RiverU+{program}"
    run = {"key": f"course-v1:{course}+2031", "external_key": f"our-{program}"}
    return {
        "uuid": str(uuid5(NAMESPACE_DNS, program)),
        "key": program,
        "title": program.title(),
        "type": "Masters",
        "status": "active",
        "authoring_organizations": [
            {"uuid": str(given.school().uuid), "key": "RiverU", "name": "River"}
        ],
        "curricula": [
            {
                "uuid": str(uuid5(NAMESPACE_DNS, f"{program} curriculum")),
                "is_active": True,
                "courses": [{"key": course, "title": "A course", "course_runs": [run]}],
            }
        ],
    }


def revoke_all() -> object:
    """Void all tokens, and the Registrar's secret; return its new one, as after a theft."""
    now = datetime.now(UTC)
    for key in list_signing_keys(by=given.OPERATOR, at=now):
        revoke_signing_key(key_id=key.key_id, by=given.OPERATOR, at=now)
    return renew_client_secret(name="registrar", by=given.OPERATOR)


if __name__ == "__main__":
    _, deed, *words = sys.argv
    done = revoke_all() if deed == "revoke-all" else make_world(*words)
    sys.stdout.write(json.dumps(to_builtins(done)))
