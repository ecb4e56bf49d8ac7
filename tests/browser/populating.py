"""Adds people and an empty school to the example, in one process.

``python -m tests.browser.populating METADATA ISSUER``: where two schools tell of themselves.
"""

import json
import sys
from uuid import NAMESPACE_DNS, uuid5

import matricula.cli  # noqa: F401  chooses the LMS's settings
from matricula.cli.example.inventing import invent_school
from matricula.cli.example.living import INVITED_EVERY, WITH_ACCOUNT
from matricula.lms.accounts.api import NewAccount, create_accounts, get_account
from matricula.lms.addresses.api import keep_own_address
from matricula.lms.catalog.api import get_program, load_catalog, parse_page
from matricula.lms.identities.api import Via, bind_identity, email_address
from tests import given
from tests.browser.connecting import connect
from tests.browser.standing import STANDING, stand_everywhere
from tests.browsing import PASSWORD

LEARNERS = ("nora", "otto", "quinn", "rosa", STANDING, "thea", "theodora", "tilda", "ulla", "vera")
"""They have proven their addresses; nobody of the empty school has enrolled them."""
JOINED = "vera"
"""She has signed on by a school that is closed now."""
OPERATOR = "opal"
"""She is staff, sees how the platform runs, and registers schools' providers."""
HELPER = "hedda"
"""She supports learners, and may write what schools have enrolled."""
WAITING = "wanda"
"""She was invited under her address, and has not proven it."""
OF_THE_RIVER = ("river", "brook", "delta", "spring")
"""Who comes to the Registrar from the empty school; spring has been told that she may nothing."""
PROGRAMS = {
    "river-art": "Art of the River",
    "river-boats": "Boats and Ferries",
    "river-canals": "Canals",
    "river-deltas": "Deltas",
    "river-estuaries": "Estuaries",
    "river-french": "French for Boatmen",
    "river-gardens": "Gardens",
    "river-harbors": "Harbors",
    "river-islands": "Islands",
}
"""Of a school that has sent nobody yet, but for the gardens."""
GARDENERS = [f"GARDEN-{number:04}" for number in range(4)]
"""They wait, until they sign on."""
ROLES = (
    (OPERATOR, "operator"),
    (OPERATOR, "sign-on"),
    (HELPER, "support"),
    (HELPER, "write"),
)
RUNS = 2


def describe(key: str, title: str) -> dict[str, object]:
    """Describe a program of the empty school, with one course that runs twice."""
    course = f"RiverU+{key}"
    runs = [
        {
            "key": f"course-v1:{course}+2031_T{number}",
            "external_key": f"{key}-{number}",
            "title": f"{title}, part {number}",
        }
        for number in range(1, RUNS + 1)
    ]
    return {
        "uuid": str(uuid5(NAMESPACE_DNS, key)),
        "key": key,
        "title": title,
        "type": "Masters",
        "status": "active",
        "authoring_organizations": [
            {"uuid": str(given.school().uuid), "key": "RiverU", "name": "River University"}
        ],
        "curricula": [
            {
                "uuid": str(uuid5(NAMESPACE_DNS, f"{key} curriculum")),
                "name": "2031",
                "is_active": True,
                "courses": [{"key": course, "title": title, "course_runs": runs}],
            }
        ],
    }


def populate(*, saml_metadata: str, issuer: str) -> None:
    """Make the school, the accounts, and the ways by which people come."""
    wanted = [describe(key, title) for key, title in PROGRAMS.items()]
    page = parse_page(json.dumps(wanted).encode(), source="")
    load_catalog(programs=page.programs, by=given.OPERATOR, at=given.NOW)
    for username in (*LEARNERS, *OF_THE_RIVER):
        join(username, f"{username}@river.example", is_proven=True)
    join(OPERATOR, "opal@platform.example", is_proven=True, is_staff=True)
    join(HELPER, "hedda@platform.example", is_proven=True)
    for username, role in ROLES:
        given.with_role(role, get_account(username=username), school_key=None)
    given.enrolled(*GARDENERS, program=get_program(key="river-gardens"))
    stand_everywhere(get_account(username=STANDING))
    connect(saml_metadata=saml_metadata, issuer=issuer, joined=get_account(username=JOINED))
    invited = invent_school().students[WITH_ACCOUNT::INVITED_EVERY][0]
    join(WAITING, invited.email, is_proven=False)


def join(username: str, email: str, *, is_proven: bool, is_staff: bool = False) -> None:
    """Make an account with an address."""
    draft = NewAccount(
        username=username,
        email=email,
        password=PASSWORD,
        name=f"{username.title()} Sand",
        is_staff=is_staff,
    )
    account = create_accounts(accounts=[draft], at=given.NOW)[0]
    if is_proven:
        bind_identity(
            name=email_address(email),
            account_id=account.pk,
            via=Via.VERIFIED_EMAIL,
            by=given.OPERATOR,
            at=given.NOW,
        )
    keep_own_address(account=account, at=given.NOW)


if __name__ == "__main__":
    populate(saml_metadata=sys.argv[1], issuer=sys.argv[2])
    sys.stdout.write("done\n")
