"""Equipping whoever looks at the example: people who can sign in, and a client with its secret."""

import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from matricula.cli.example.cataloging import SCHOOL
from matricula.cli.example.inventing import School
from matricula.lms.access.api import Permission, give_role, require_permission
from matricula.lms.accounts.api import (
    NewAccount,
    create_accounts,
    map_account_ids,
    set_password,
)
from matricula.lms.clients.api import UnknownClient, create_client, renew_client_secret
from matricula.lms.identities.api import Claim, Via, bind_identities, email_address
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.organizations.api import get_organization
from matricula.postgres import home

CLIENT = "Example"
CLIENT_ROLES = ("catalog", "read", "support", "write")
REGISTRAR = "registrar"
DEAN = "dean"
SUPPORT = "support"
STAFF = (REGISTRAR, DEAN, SUPPORT)


class Login(msgspec.Struct, frozen=True):
    """Somebody who can sign in, and what they are for."""

    username: str
    password: str
    what: str


class Equipment(msgspec.Struct, frozen=True):
    """What opens the example: logins, and the client that programs may use."""

    logins: tuple[Login, ...]
    client_id: str
    client_secret: str


def equip(school: School, *, by: Actor, at: datetime) -> Equipment:
    """Make the logins and the client, with secrets of their own for each home.

    They are kept below it, readable by its owner alone, and are the same the next time.
    """
    require_permission(by, Permission.ACCOUNTS_CREATE)
    people = {
        REGISTRAR: "uploads the school's rosters",
        DEAN: "approves, and gives people roles",
        SUPPORT: "finds out why somebody is not in",
        school.star.handle: "a student with several programs",
    }
    _make_staff(by=by, at=at)
    kept = _read()
    if kept is None or people.keys() != {each.username for each in kept.logins}:
        kept = _make(people, by=by, at=at)
        _keep(kept)
    return kept


def place() -> Path:
    """Say where they are kept."""
    return home() / "example" / "logins.json"


def _make_staff(*, by: Actor, at: datetime) -> None:
    wanted = set(STAFF) - map_account_ids(usernames=STAFF).keys()
    addresses = {username: f"{username}@linden.example" for username in STAFF}
    create_accounts(
        accounts=[
            NewAccount(
                username=username,
                email=addresses[username],
                name=f"The {username} of the example",
                is_staff=username == SUPPORT,
            )
            for username in sorted(wanted)
        ],
        at=at,
    )
    ids = map_account_ids(usernames=STAFF)
    bind_identities(
        claims=[Claim(email_address(addresses[each]), ids[each]) for each in STAFF],
        via=Via.VERIFIED_EMAIL,
        by=Actor(kind=ActorKind.SIGN_ON, key="mail", channel=by.channel, request_id=by.request_id),
        at=at,
    )
    school_id = get_organization(key=SCHOOL).pk
    for username in (REGISTRAR, DEAN):
        give_role(account_id=ids[username], role="write", organization_id=school_id, by=by)
    give_role(account_id=ids[SUPPORT], role="support", organization_id=None, by=by)


def _make(people: dict[str, str], *, by: Actor, at: datetime) -> Equipment:
    logins = []
    for username, what in people.items():
        password = secrets.token_urlsafe(9)
        set_password(username=username, password=password)
        logins.append(Login(username, password, what))
    try:
        client = renew_client_secret(name=CLIENT, by=by)
    except UnknownClient:
        client = create_client(
            name=CLIENT, roles=CLIENT_ROLES, organization_id=None, is_trusted=True, by=by, at=at
        )
    return Equipment(tuple(logins), client.client_id, client.client_secret)


def _read() -> Equipment | None:
    try:
        return msgspec.json.decode(place().read_bytes(), type=Equipment)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _keep(equipment: Equipment) -> None:
    draft = place().with_suffix(".partial")
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.encode(equipment))
    draft.replace(place())
