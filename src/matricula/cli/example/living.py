"""Life at the example school once its rosters are in: people get accounts and prove names."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from matricula.cli.example.cataloging import WRITING, run_key
from matricula.cli.example.inventing import School, Student, choose_term
from matricula.lms.accounts.api import NewAccount, create_accounts, map_account_ids
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import DirectRow, write_direct_enrollments
from matricula.lms.identities.api import (
    Binding,
    Claim,
    IdentityName,
    Via,
    bind_identities,
    bind_identity,
    email_address,
    student_key,
)
from matricula.lms.kernel.api import Action, Actor, WriteMode

WITH_ACCOUNT = 600
SIGNED_ON = 450
INVITED_EVERY = 20
"""Of all students, so many are invited to the writing course by e-mail."""


@dataclass(frozen=True, slots=True)
class Lives:
    """What people did: accounts made, and how their claims ended."""

    accounts: int
    created: int
    keys: Counter[str]
    addresses: Counter[str]


def invite(school: School, program: ProgramOutline, *, by: Actor, at: datetime) -> Counter[Action]:
    """Grant the writing course to e-mail addresses, whoever may read mail there."""
    run_id = program.run_ids[run_key(WRITING, choose_term(WRITING))]
    if run_id is None:
        message = "The writing course is in the catalog once."
        raise LookupError(message)
    rows = [
        DirectRow(line, email_address(student.email), run_id, "audit", is_active=True)
        for line, student in enumerate(school.students[::INVITED_EVERY], start=1)
    ]
    judged = write_direct_enrollments(
        rows=rows, mode=WriteMode.UPSERT, by=by, at=at, reason="invited to the writing course"
    )
    return Counter(each.action for each in judged)


def sign_up(school: School, organization_id: int, *, by: Actor, at: datetime) -> Lives:
    """Make accounts for some students; all prove their address, and most their student key."""
    people = [each for each in school.students[:WITH_ACCOUNT] if each not in school.newcomers]
    signed_on = [each for each in school.students[:SIGNED_ON] if each in people]
    ids = map_account_ids(usernames=[each.handle for each in people])
    drafts = [
        NewAccount(username=each.handle, email=each.email, name=each.name)
        for each in people
        if each.handle not in ids
    ]
    made = create_accounts(accounts=drafts, at=at)
    ids |= {account.username: account.pk for account in made}

    def prove(
        some: Sequence[Student], name: Callable[[Student], IdentityName], via: Via
    ) -> Counter[str]:
        claims = [Claim(name(each), ids[each.handle]) for each in some]
        speaker = by if via is Via.SIGN_ON else replace(by, key="mail", organization_id=None)
        answers = bind_identities(claims=claims, via=via, by=speaker, at=at)
        return Counter(answer.outcome.value for answer in answers)

    return Lives(
        accounts=len(people),
        created=len(made),
        keys=prove(
            signed_on,
            lambda each: student_key(each.key, organization_id=organization_id),
            Via.SIGN_ON,
        ),
        addresses=prove(people, lambda each: email_address(each.email), Via.VERIFIED_EMAIL),
    )


def claim_anothers_key(
    school: School, organization_id: int, *, by: Actor, at: datetime
) -> tuple[Student, Binding]:
    """Have somebody sign on with the star's student key; return them and the answer."""
    other = school.students[SIGNED_ON]
    account_id = map_account_ids(usernames=[other.handle])[other.handle]
    name = student_key(school.star.key, organization_id=organization_id)
    return other, bind_identity(name=name, account_id=account_id, via=Via.SIGN_ON, by=by, at=at)
