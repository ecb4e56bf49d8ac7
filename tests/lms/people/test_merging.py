"""Merging: the account that remains has all that the other one held, and that one is closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client as Browser

from matricula.lms.access.api import PermissionMissing, list_roles_of
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.clients.api import create_client
from matricula.lms.grades.api import EarnedGrade, Grade, record_grades
from matricula.lms.identities.api import (
    AccountRetired,
    BindingConflict,
    Identity,
    ReasonMissing,
    account_itself,
    email_address,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.learners.api import get_learner, picture_learner
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.people.api import Merger, NotMergeable, SameAccount, merge_accounts
from tests import given
from tests.calling import calling_as
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


@pytest.fixture
def run() -> CourseRun:
    return given.course_run()


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return given.program(runs=[run])


@pytest.fixture
def into() -> Account:
    return given.account("mira")


@pytest.fixture
def source(program: ProgramOutline, run: CourseRun) -> Account:
    """Somebody with a program by student key, a run by address, and one of the account itself."""
    made = given.account("mira2", email="mira@other.example.org")
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", made)
    given.bound(email_address("mira@other.example.org"), made)
    given.granted(email_address("mira@other.example.org"), run=given.course_run("HYD2"))
    given.granted(account_itself(made.uuid), run=given.course_run("HYD3"))
    return made


def merge(source: Account, into: Account, *, reason: str = "showed both cards") -> Merger:
    return merge_accounts(source=source, into=into, by=given.OPERATOR, at=LATER, reason=reason)


def graded(account: Account, run: CourseRun, percent: str, *, is_passing: bool = True) -> None:
    grade = EarnedGrade(account.pk, run.pk, "", is_passing, Decimal(percent))
    record_grades(grades=[grade], by=given.OPERATOR, at=given.NOW)


def require_whole() -> None:
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_all_enrollments_follow(source: Account, into: Account) -> None:
    before = picture_learner(
        learner=get_learner(username="mira2", by=given.OPERATOR), by=given.OPERATOR
    )
    merged = merge(source, into)
    assert merged == Merger(identities=3)
    after = picture_learner(
        learner=get_learner(username="mira", by=given.OPERATOR), by=given.OPERATOR
    )
    assert (after.account, after.seats) == ("mira", before.seats)
    assert after.program_enrollments == before.program_enrollments
    assert len(after.seats) == 3
    require_whole()


def test_the_other_account_is_closed_and_says_where_its_person_is(
    source: Account, into: Account
) -> None:
    browser, caller = Browser(), calling_as(source)
    browser.force_login(source, backend="django.contrib.auth.backends.ModelBackend")
    given.with_role("read", source)
    merged = merge(source, into)
    assert (merged.roles_ended, merged.sessions_ended) == (1, 1)
    source.refresh_from_db()
    assert (source.is_active, source.merged_into) == (False, into)
    assert not source.has_usable_password()
    for each in (caller, browser):
        assert each.get("/api/enrollment/v2/me").status_code == 401
    assert list_roles_of(account_id=into.pk) == []


def test_the_ledger_says_so(source: Account, into: Account) -> None:
    merge(source, into, reason="one person")
    assert ChangeSet.objects.order_by("-pk")[0].reason == "one person"
    require_whole()


def test_who_asks_for_the_closed_account_finds_the_other(source: Account, into: Account) -> None:
    merge(source, into)
    found = get_learner(username="mira2", by=given.OPERATOR)
    assert (found.account_id, found.username) == (into.pk, "mira")


def test_twice_changes_nothing(source: Account, into: Account) -> None:
    merge(source, into)
    before = read_all()
    assert merge(source, into) == Merger()
    after = read_all()
    assert {table for table in after if after[table] != before[table]} <= {"change_set"}


@pytest.mark.parametrize(
    ("theirs", "own", "kept", "counted"),
    [
        (("0.9", True), None, "0.9000", (1, 0, 0)),
        (None, ("0.5", True), "0.5000", (0, 0, 0)),
        (("0.9", True), ("0.5", True), "0.9000", (1, 1, 0)),
        (("0.4", True), ("0.5", True), "0.5000", (0, 0, 1)),
        (("0.4", True), ("0.5", False), "0.4000", (1, 1, 0)),
    ],
)
def test_grades_follow_and_the_better_one_stays(
    *,
    theirs: tuple[str, bool] | None,
    own: tuple[str, bool] | None,
    kept: str,
    counted: tuple[int, int, int],
    source: Account,
    into: Account,
    run: CourseRun,
) -> None:
    for account, grade in ((source, theirs), (into, own)):
        if grade is not None:
            graded(account, run, grade[0], is_passing=grade[1])
    merged = merge(source, into)
    assert (merged.grades, merged.grades_replaced, merged.grades_dropped) == counted
    stored = Grade.objects.get()
    assert (stored.account_id, str(stored.percent)) == (into.pk, kept)
    require_whole()


def test_a_grade_that_comes_later_goes_where_the_person_is(
    source: Account, into: Account, run: CourseRun
) -> None:
    merge(source, into)
    graded(source, run, "0.7")
    assert Grade.objects.get().account_id == into.pk
    both = [
        EarnedGrade(who.pk, run.pk, "", is_passing=True, percent=Decimal(at))
        for who, at in ((into, "0.8"), (source, "0.9"))
    ]
    assert record_grades(grades=both, by=given.OPERATOR, at=LATER) == 1
    assert str(Grade.objects.get().percent) == "0.9000"
    require_whole()


def test_conflicts_between_the_two_are_over_and_others_go_on(
    source: Account, into: Account
) -> None:
    given.bound("rv-1", into)  # refused
    given.bound("rv-2", into)
    given.bound("rv-2", source)  # refused
    noah = given.account("noah")
    given.bound("rv-3", noah)
    given.bound("rv-3", source)  # refused
    given.bound("rv-1", noah)  # refused
    given.bound("rv-4", noah)
    for each in (source, into):
        given.bound("rv-4", each)  # refused
    assert merge(source, into).conflicts == 3
    left = BindingConflict.objects.filter(resolved_at=None).order_by("pk")
    assert [(each.identity.value, each.holder_id, each.claimant_id) for each in left] == [
        ("rv-3", noah.pk, into.pk),
        ("rv-1", into.pk, noah.pk),
        ("rv-4", noah.pk, into.pk),
    ]
    require_whole()


def test_addresses_and_sign_ons_follow(source: Account, into: Account) -> None:
    for email, user, verified, primary in (
        ("mira@example.org", into, False, True),
        ("mira@example.org", source, True, False),
        ("mira@other.example.org", source, True, True),
    ):
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=primary)
    SocialAccount.objects.create(user=source, provider="riveru", uid="subject-1")
    merged = merge(source, into)
    assert (merged.addresses, merged.sign_ons) == (1, 1)
    found = EmailAddress.objects.order_by("email").values_list(
        "user", "email", "verified", "primary"
    )
    assert list(found) == [
        (into.pk, "mira@example.org", True, True),
        (into.pk, "mira@other.example.org", True, False),
    ]
    assert SocialAccount.objects.get().user == into


def test_the_closed_account_takes_nothing_more(
    source: Account, into: Account, run: CourseRun
) -> None:
    other = given.account("ida")
    merge(other, into)
    with pytest.raises(AccountRetired):
        given.bound("rv-9", other)
    assert given.granted(account_itself(other.uuid), run=run).verdict == "not-found"
    merge(source, into)
    assert given.granted(account_itself(source.uuid), run=run).action == "create"
    assert Identity.objects.get(kind="account").account_id == into.pk
    require_whole()


def test_neither_chains_nor_circles(source: Account, into: Account) -> None:
    third = given.account("third")
    merge(source, into)
    for one, other in ((into, source), (into, third), (third, source), (source, third)):
        with pytest.raises(NotMergeable):
            merge(one, other)
    assert merge(third, into) == Merger()
    assert set(Account.objects.exclude(merged_into=None)) == {source, third}
    require_whole()


def test_an_account_is_not_merged_into_itself(source: Account) -> None:
    with pytest.raises(SameAccount):
        merge(source, source)


def test_who_is_retired_is_nobody_any_more(source: Account, into: Account) -> None:
    given.retired(into)
    with pytest.raises(AccountRetired):
        merge(source, into)
    with pytest.raises(AccountRetired):
        merge(into, source)


def test_a_program_is_nobody(source: Account) -> None:
    create_client(name="Robot", roles=[], organization_id=None, by=given.OPERATOR, at=given.NOW)
    robot = Account.objects.get(username="client-robot")
    with pytest.raises(NotMergeable):
        merge(source, robot)


def test_a_reason_is_needed(source: Account, into: Account) -> None:
    before = read_all()
    with pytest.raises(ReasonMissing):
        merge(source, into, reason=" ")
    assert read_all() == before


@pytest.mark.parametrize(("role", "school_key"), [("write", None), ("support", "RiverU")])
def test_only_support_of_everything_may(
    role: str, school_key: str | None, source: Account, into: Account
) -> None:
    by = given.holder_of(role, school_key=school_key)
    before = read_all()
    with pytest.raises(PermissionMissing):
        merge_accounts(source=source, into=into, by=by, at=LATER, reason="r")
    assert read_all() == before
