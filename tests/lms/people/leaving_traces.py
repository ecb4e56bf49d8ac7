"""Somebody who is to be retired, and all the traces that they and others leave of them."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.mail import EmailMessage
from django.test import Client as Browser
from oauth2_provider.models import AccessToken

from matricula.lms.access.api import RoleAssignment
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.addresses.api import post_mail
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import (
    account_itself,
    email_address,
    list_conflicts,
    resolve_conflict,
)
from matricula.lms.people.api import begin_masquerade
from matricula.lms.rosters.api import RosterJob
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.kernel.seeing import run
from tests.lms.rest.enrollment_v2.asking import V2
from tests.lms.rosters.submitting import worked_off

NAMES = [
    "Zoë.Quist",
    "Zoë Quist",
    "zq@example.org",
    "RV-Quist-77",
    "LK/quist",
    "quist+2@example.org",
    "zoe-quist-old@example.org",
    "zoe-quist-subject",
    "Zoë.Quist.2",
]


def make_program() -> ProgramOutline:
    made = given.program(runs=[given.course_run()])
    given.enrolled("RV-Quist-77", "rv-other", program=made)
    given.on_course("RV-Quist-77", program=made, run=given.course_run(), course_staff="true")
    return made


def make_quist() -> Account:
    """Somebody with names of every kind, one waiting, mentioned in reasons and a conflict."""
    new = NewAccount(
        username="Zoë.Quist", email="ZQ@example.org", name="Zoë Quist", password="correct horse 9"
    )
    [made] = create_accounts(accounts=[new], at=given.NOW)
    given.bound("rv-quist-77", made)
    given.bound("LK/Quist", made, school_key="LakeU")
    given.bound(email_address("quist+2@example.org"), made)
    given.granted(email_address("zq@EXAMPLE.org"), run=given.course_run())
    given.granted(account_itself(made.uuid), run=given.course_run())
    given.bound("rv-quist-77", given.account("omar"))
    [conflict] = list_conflicts(by=given.OPERATOR)
    reason = "RV-Quist-77 is Zoë.Quist's (zq@example.org), Zoë Quist called"
    resolve_conflict(
        conflict_id=conflict.id, rebind=False, by=given.OPERATOR, at=given.NOW, reason=reason
    )
    given.bound("rv-quist-77", given.account("noah"))
    RoleAssignment.objects.create(account=made, role="read", organization=given.school())
    return made


def leave_traces(
    quist: Account,
    settings: Any,  # noqa: ANN401  pytest-django's
) -> None:
    """All that is kept of them besides their names, most of it by what people really do."""
    settings.ROSTER_ROWS_AT_ONCE, settings.SMTP = 1, True
    _browse(quist)
    _send_rosters(settings)
    _get_support(quist)
    _sign_on(quist)
    post_mail(
        message=EmailMessage("Welcome", "Dear Zoë Quist", to=["zq@example.org"]), at=given.NOW
    )
    run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        """ VALUES ('default', 'tell', '{"to": "ZQ@example.org", "name": "Zoë Quist"}')"""
    )


def _browse(quist: Account) -> None:
    browser = Browser()
    browser.force_login(quist, backend="django.contrib.auth.backends.ModelBackend")
    session = browser.session
    session["address_to_verify"] = quist.email
    session.save()
    calling_as(quist).get(V2 + "me")


def _send_rosters(settings: Any) -> None:  # noqa: ANN401  as above
    """Send one that is worked off, one that waits for a worker, and one that is answered."""
    registrar = calling_with("write")
    rows = "student_key,status,who\nRV-QUIST-77,ended,Zoë Quist\nrv-x,enrolled,ZQ@example.org\n"
    for at, name in enumerate(["zoë quist.csv", "b.csv"]):
        sent = registrar.post(
            f"{V2}programs/hydrology/roster?reason=of+zq@example.org&name={name}",
            rows.encode(),
            content_type="text/csv",
            HTTP_IDEMPOTENCY_KEY=f"for zq@example.org {at}",
        )
        assert sent.status_code == 202, sent.content
    worked_off(RosterJob.objects.order_by("pk")[0])
    settings.ROSTER_ROWS_AT_ONCE = 100
    registrar.post(
        V2 + "programs/hydrology/roster",
        b"student_key,status\nrv-quist-77,enrolled\n",
        content_type="text/csv",
        HTTP_IDEMPOTENCY_KEY="at once",
    )


def _get_support(quist: Account) -> None:
    bind = {"value": "RV-Quist-77", "username": quist.username}
    body = {"kind": "student_key", "organization": "RiverU", "bindings": [bind], "reason": "card"}
    helper = calling_with("support", school_key=None, username="helper")
    helper.post(V2 + "identities/bind", body, HTTP_IDEMPOTENCY_KEY="bound")
    second = {"username": "Zoë.Quist.2", "email": "zq@example.org"}
    helper.post(V2 + "accounts", second, HTTP_IDEMPOTENCY_KEY="made")
    given.merged(Account.objects.get(username="Zoë.Quist.2"), quist)
    looker = given.holder_of("support", school_key=None, username="looker")
    given.with_role("read", Account.objects.get(username="looker"))
    begin_masquerade(learner=quist, by=looker, at=given.NOW, reason="Zoë Quist sees nothing")
    LogEntry.objects.log_actions(
        quist.pk, [quist], ADDITION, change_message="made for zq@example.org", single_object=True
    )


def _sign_on(quist: Account) -> None:
    EmailAddress.objects.create(user=quist, email="zoe-quist-old@example.org")
    SocialAccount.objects.create(
        user=quist, provider="riveru", uid="zoe-quist-subject", extra_data={"name": "Zoë Quist"}
    )
    AccessToken.objects.create(
        user=quist, token="x", expires=datetime(2099, 1, 1, tzinfo=UTC), scope="read"
    )
