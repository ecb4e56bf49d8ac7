from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount
from pytest_django import DjangoAssertNumQueries

from matricula.lms.access.api import PermissionMissing
from matricula.lms.identities.api import (
    Identity,
    ReasonMissing,
    Rekeyed,
    Rekeying,
    RekeyVerdict,
    rekey_students,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.learners.api import get_learner, picture_learner
from matricula.lms.program_enrollments.api import ProgramEnrollment
from matricula.lms.sign_on.api import Protocol, migrate_keys, plan_key_migration
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.settling import settle_assertion
from matricula.lms.sign_on.signing_in import sign_in, speak_for
from tests import given
from tests.signing_on import provider

pytestmark = pytest.mark.django_db


def migrated(*pairs: tuple[str, str]) -> list[Rekeyed]:
    return migrate_keys(
        organization_id=given.school().pk,
        pairs=[Rekeying(*pair) for pair in pairs],
        by=given.OPERATOR,
        at=given.NOW,
        reason="new student system",
    )


def planned(*pairs: tuple[str, str]) -> list[Rekeyed]:
    return plan_key_migration(
        organization_id=given.school().pk,
        pairs=[Rekeying(*pair) for pair in pairs],
        by=given.OPERATOR,
    )


def holders() -> dict[str, str | None]:
    found = Identity.objects.filter(kind="student_key").select_related("account")
    return {each.value: each.account.username if each.account else None for each in found}


def test_what_was_the_old_keys_goes_on_under_the_new_one() -> None:
    program = given.program()
    given.enrolled("old-1", "old-2", program=program)
    mira = given.account("mira")
    given.bound("old-1", mira)

    answers = migrated(("old-1", "New:1"), ("OLD-2", "New:2"))

    assert answers == [
        Rekeyed(RekeyVerdict.RENAMED, "bound", "unknown"),
        Rekeyed(RekeyVerdict.RENAMED, "waiting", "unknown"),
    ]
    assert holders() == {"New:1": "mira", "New:2": None}
    learner = get_learner(username="mira", by=given.OPERATOR)
    assert len(picture_learner(learner=learner, by=given.OPERATOR).program_enrollments) == 1
    (again,) = given.enrolled("new:1", program=program, status="ended")
    assert again.action == "update"
    assert ProgramEnrollment.objects.count() == 2
    assert not [each for each in check_integrity(by=given.OPERATOR) if each.count]


def test_a_plan_says_the_same_and_writes_nothing() -> None:
    given.enrolled("old-1", program=given.program())

    assert planned(("old-1", "new-1")) == [Rekeyed(RekeyVerdict.RENAMED, "waiting", "unknown")]
    assert holders() == {"old-1": None}


def test_doing_it_again_changes_nothing() -> None:
    given.enrolled("old-1", program=given.program())
    migrated(("old-1", "new-1"))

    assert migrated(("old-1", "new-1")) == [Rekeyed(RekeyVerdict.ALREADY, "unknown", "waiting")]
    assert holders() == {"new-1": None}


def test_where_a_roster_has_the_new_key_both_are_the_accounts() -> None:
    given.enrolled("old-1", "new-1", "old-2", "new-2", program=given.program())
    given.bound("old-1", given.account("mira"))
    given.bound("new-2", given.account("noah"))

    answers = migrated(("old-1", "new-1"), ("old-2", "new-2"))

    assert [each.verdict for each in answers] == [RekeyVerdict.JOINED, RekeyVerdict.JOINED]
    assert holders() == {"old-1": "mira", "new-1": "mira", "old-2": "noah", "new-2": "noah"}
    assert [each.verdict for each in migrated(("old-1", "new-1"))] == [RekeyVerdict.ALREADY]


def _both_wait() -> None:
    given.enrolled("old-1", "new-1", program=given.program())


def _two_accounts() -> None:
    given.bound("old-1", given.account("mira"))
    given.bound("new-1", given.account("noah"))


def _nobody() -> None:
    pass


@pytest.mark.parametrize(
    ("world", "pairs", "verdict"),
    [
        (_both_wait, [("old-1", "new-1")], RekeyVerdict.BOTH_WAIT),
        (_two_accounts, [("old-1", "new-1")], RekeyVerdict.CONFLICT),
        (_nobody, [("old-1", "new-1")], RekeyVerdict.UNKNOWN),
        (_nobody, [("", "new-1")], RekeyVerdict.INVALID),
        (_nobody, [("old-1", "n" * 256)], RekeyVerdict.INVALID),
        (_nobody, [("old-1", " OLD-1 ")], RekeyVerdict.INVALID),
        (_both_wait, [("old-1", "a"), ("old-1", "b")], RekeyVerdict.REPEATED),
        (_both_wait, [("old-1", "a"), ("new-1", "A")], RekeyVerdict.REPEATED),
        (_both_wait, [("old-1", "new-1"), ("new-1", "c")], RekeyVerdict.REPEATED),
    ],
)
def test_what_cannot_be_moved_stays_and_says_why(
    world: Callable[[], None], pairs: list[tuple[str, str]], verdict: RekeyVerdict
) -> None:
    world()
    before = holders()

    assert {each.verdict for each in migrated(*pairs)} == {verdict}
    assert holders() == before


def test_where_people_are_meant_by_their_keys_they_are_found_by_the_new_ones() -> None:
    made = provider("saml", issuer="https://id.example.edu", protocol=Protocol.SAML)
    for key in ("old-1", "old-2", "taken"):
        entry = sign_in(
            provider=made,
            asserted=Asserted(subject=key, student_key=key, username=key),
            joining=None,
            by=speak_for(made),
            at=given.NOW,
        )
        settle_assertion(social_account_id=entry.social_account.pk, at=given.NOW)

    migrated(("OLD-1", "New-1"), ("old-2", "taken"))

    assert {*SocialAccount.objects.values_list("uid", flat=True)} == {"new-1", "old-2", "taken"}


def test_keys_of_another_school_are_not_touched() -> None:
    given.bound("old-1", given.account("mira"), school_key="LakeU")

    assert migrated(("old-1", "new-1"))[0].verdict == RekeyVerdict.UNKNOWN


@pytest.mark.parametrize("count", [2, 700])
def test_any_number_takes_the_same_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    given.enrolled(*(f"old-{number}" for number in range(count)), program=given.program())
    pairs = [(f"old-{number}", f"new-{number}") for number in range(count)]

    with django_assert_max_num_queries(18):
        answers = migrated(*pairs)

    assert {each.verdict for each in answers} == {RekeyVerdict.RENAMED}
    assert len(holders()) == count


def test_it_needs_a_reason_and_the_permission() -> None:
    by = given.holder_of("support", school_key=None)

    with pytest.raises(PermissionMissing):
        migrate_keys(organization_id=given.school().pk, pairs=[], by=by, at=given.NOW, reason="r")
    with pytest.raises(PermissionMissing):
        plan_key_migration(organization_id=given.school().pk, pairs=[], by=by)
    with pytest.raises(ReasonMissing):
        rekey_students(
            organization_id=given.school().pk, pairs=[], by=by, at=given.NOW, reason=" "
        )
