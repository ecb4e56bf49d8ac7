"""The example school's sign-on: what the LMS knows of the provider that runs beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec

from matricula.cli.example.believing import CLAIM, SHOWN
from matricula.cli.example.cataloging import SCHOOL, SCHOOL_NAME
from matricula.cli.example.inventing import DOMAIN, School, Student
from matricula.lms.identities.api import get_identity, student_key
from matricula.lms.kernel.api import Actor
from matricula.lms.organizations.api import get_organization
from matricula.lms.sign_on.api import (
    Protocol,
    ProviderDraft,
    UnknownProvider,
    add_provider,
    change_provider,
    switch_provider,
)

SLUG = "linden"
PACKAGE = "oidc_provider_mock"


@dataclass(frozen=True, slots=True)
class Offered:
    """Who may be signed on as: one of two programs, and one of the intake."""

    slug: str
    newcomer: Student
    beginner: Student


def find_fault() -> str | None:
    """Say in words why the school has no sign-on here, or None if it has."""
    if find_spec(PACKAGE) is None:
        return "oidc-provider-mock is not installed (pip install 'matricula[example]')."
    return None


def offer_sign_on(school: School, *, port: int, by: Actor, at: datetime) -> Offered:
    """Register the provider that listens at the port, and say who may come.

    That is a student without an account, as long as one is left. Safe to run again.
    """
    organization_id = get_organization(key=SCHOOL).pk
    draft = ProviderDraft(
        slug=SLUG,
        organization_id=organization_id,
        title=SCHOOL_NAME,
        protocol=Protocol.OIDC,
        issuer=f"http://127.0.0.1:{port}",
        client_id="matricula",
        client_secret="any will do",  # noqa: S106  the provider believes everybody
        key_claim=CLAIM,
        trusted_domains=[DOMAIN],  # the addresses are the school's own
    )
    try:
        change_provider(draft=draft, by=by)
        switch_provider(slug=SLUG, is_on=True, by=by)
    except UnknownProvider:
        add_provider(draft=draft, by=by, at=at)
    return Offered(
        SLUG,
        _choose(school.newcomers, organization_id=organization_id, by=by),
        _choose(
            [each.student for each in school.intake[:SHOWN]],
            organization_id=organization_id,
            by=by,
        ),
    )


def _choose(students: Sequence[Student], *, organization_id: int, by: Actor) -> Student:
    """Return the first without an account, as long as one is left."""
    waiting = [each for each in students if _waits(each, organization_id=organization_id, by=by)]
    return (waiting or students)[0]


def _waits(student: Student, *, organization_id: int, by: Actor) -> bool:
    name = student_key(student.key, organization_id=organization_id)
    return get_identity(name=name, by=by).account_id is None
