"""The picture of a learner: names, programs, seats, and why a grant gives none."""

from typing import Any

import msgspec
import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.identities.api import (
    Identity,
    account_itself,
    email_address,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    Learner,
    Picture,
    get_learner,
    get_named_learner,
    picture_learner,
)
from matricula.lms.people.api import retire_account
from matricula.lms.program_enrollments.api import STATUSES, ProgramEnrollment
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"


def picture(username: str = "mira", *, by: Actor = given.OPERATOR) -> Picture:
    return picture_learner(learner=get_learner(username=username, by=given.OPERATOR), by=by)


def picture_of_key(key: str = "rv-1", *, by: Actor = given.OPERATOR) -> Picture:
    return picture_learner(
        learner=get_named_learner(name=given.key_of(key), by=given.OPERATOR), by=by
    )


def as_json(picture: Picture) -> Any:  # noqa: ANN401  JSON is anything
    return msgspec.json.decode(msgspec.json.encode(picture))


@pytest.fixture
def mira() -> Account:
    """Mira is rv-1 at RiverU, enrolled in hydrology and on its course, and paid for it herself."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    made = given.account("mira")
    given.bound("rv-1", made)
    given.granted(account_itself(made.uuid), run=run, grant_mode="verified", is_active=False)
    return made


def test_the_whole_picture_is_as_promised(mira: Account) -> None:
    program = given.program("botany")
    given.enrolled("rv-1", program=program, status="canceled")
    curricula = {
        key: str(next(iter(get_program(key=key).curricula))) for key in ("hydrology", "botany")
    }
    assert as_json(picture()) == {
        "account": "mira",
        "identities": [
            {"kind": "student_key", "organization": "RiverU", "value": "rv-1", "bound": True},
            {"kind": "account", "organization": None, "value": str(mira.uuid), "bound": True},
        ],
        "program_enrollments": [
            {
                "program": key,
                "curriculum": curricula[key],
                "status": status,
                "student_key": "rv-1",
                "waiting": False,
                "basis": "explicit",
            }
            for key, status in (("botany", "canceled"), ("hydrology", "enrolled"))
        ],
        "seats": [
            {
                "course_run": HYD,
                "mode": "masters",
                "is_active": True,
                "grants": [
                    {
                        "program": "hydrology",
                        "status": "active",
                        "mode": "masters",
                        "effective": True,
                        "reason": "",
                        "hindrances": [],
                    },
                    {
                        "program": None,
                        "status": "inactive",
                        "mode": "verified",
                        "effective": False,
                        "reason": "the course enrollment is inactive",
                        "hindrances": ["inactive"],
                    },
                ],
            }
        ],
    }


def test_a_name_and_an_account_give_one_picture(mira: Account) -> None:
    assert picture_of_key("RV-1") == picture()


def test_who_waits_is_pictured_waiting(mira: Account) -> None:
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="no")
    found = as_json(picture_of_key())
    assert found["account"] is None
    assert [each["bound"] for each in found["identities"]] == [False]
    assert [each["waiting"] for each in found["program_enrollments"]] == [True]
    [seat] = found["seats"]
    assert (seat["is_active"], seat["grants"][0]["effective"]) == (False, False)
    assert seat["grants"][0]["reason"] == "waiting: no account has proven this name yet"


def test_who_is_retired_has_nothing_effective(mira: Account) -> None:
    retire_account(account=mira, by=given.OPERATOR, at=given.NOW, reason="asked")
    identity = Identity.objects.get(kind="student_key")
    learner = Learner(account_id=None, username=None, identity_id=identity.pk)
    found = as_json(picture_learner(learner=learner, by=given.OPERATOR))
    assert found["identities"][0]["value"].startswith("retired_")
    assert [each["waiting"] for each in found["program_enrollments"]] == [False]
    assert found["seats"][0]["grants"][0]["reason"] == "the person is retired"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("grant", ["active", "inactive"])
def test_every_reason_is_said(mira: Account, status: str, grant: str) -> None:
    program = get_program(key="hydrology")
    given.on_course("rv-1", program=program, run=given.course_run(), status=grant)
    given.enrolled("rv-1", program=program, status=status)
    reasons = ["the course enrollment is inactive"] * (grant == "inactive")
    reasons += [f"the program enrollment is {status}"] * (status in {"suspended", "canceled"})
    found = picture().seats[0].grants[0]
    assert (found.reason, found.effective) == ("; ".join(reasons), not reasons)
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="no")
    reasons.append("waiting: no account has proven this name yet")
    assert picture_of_key().seats[0].grants[0].reason == "; ".join(reasons)


class TestImplicit:
    def bases(self) -> list[tuple[str, str]]:
        return [(each.program, each.basis) for each in picture().program_enrollments]

    @pytest.mark.parametrize(
        ("mode", "is_active", "implied"),
        [
            ("verified", True, True),
            ("professional", True, True),
            ("verified", False, False),
            ("audit", True, False),
            ("honor", True, False),
        ],
    )
    def test_a_paid_seat_implies_its_programs(
        self, mode: str, *, is_active: bool, implied: bool
    ) -> None:
        run, mira = given.course_run(), given.account("mira")
        given.program(runs=[run])
        given.granted(account_itself(mira.uuid), run=run, grant_mode=mode, is_active=is_active)
        assert self.bases() == ([("hydrology", "implicit")] if implied else [])

    def test_an_implicit_one_is_labelled_and_never_stored(self) -> None:
        run, mira = given.course_run(), given.account("mira")
        given.program(runs=[run])
        given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
        assert as_json(picture())["program_enrollments"] == [
            {
                "program": "hydrology",
                "curriculum": None,
                "status": "enrolled",
                "student_key": None,
                "waiting": False,
                "basis": "implicit",
            }
        ]
        assert not ProgramEnrollment.objects.exists()

    @pytest.mark.usefixtures("mira")
    def test_what_is_explicit_is_not_implied_too(self) -> None:
        assert self.bases() == [("hydrology", "explicit")]

    @pytest.mark.parametrize("status", ["suspended", "canceled"])
    def test_a_left_program_is_not_implied_again(self, mira: Account, status: str) -> None:
        given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="verified")
        given.enrolled("rv-1", program=get_program(key="hydrology"), status=status)
        assert self.bases() == [("hydrology", "explicit")]

    @pytest.mark.usefixtures("mira")
    def test_other_programs_of_the_run_are_implied(self) -> None:
        given.program("botany", runs=[given.course_run()])
        assert self.bases() == [("hydrology", "explicit"), ("botany", "implicit")]

    def test_who_waits_has_none(self) -> None:
        run = given.course_run()
        given.program(runs=[run])
        given.granted(given.key_of("rv-1"), run=run, grant_mode="verified")
        assert picture_of_key().program_enrollments == ()


class TestVisibility:
    def test_who_reads_for_a_school_sees_its_side(self, mira: Account) -> None:
        lakes = given.program("lakes", school_key="LakeU", runs=[given.course_run()])
        given.enrolled("lk-1", program=lakes)
        given.on_course("lk-1", program=lakes, run=given.course_run())
        given.bound("lk-1", mira, school_key="LakeU")
        given.bound(email_address("mira@example.org"), mira)
        for school, key, program in (
            ("RiverU", "rv-1", "hydrology"),
            ("LakeU", "lk-1", "lakes"),
        ):
            by = given.holder_of("read", school_key=school, username=f"r{school}")
            found = picture(by=by)
            assert [each.value for each in found.identities] == [key]
            explicit = [
                each.program for each in found.program_enrollments if each.basis == "explicit"
            ]
            assert explicit == [program]
            assert [grant.program for seat in found.seats for grant in seat.grants] == [program]
        everywhere = given.holder_of("read", school_key=None, username="all")
        assert picture(by=everywhere) == picture()

    @pytest.mark.usefixtures("mira")
    def test_who_reads_nothing_sees_nothing(self) -> None:
        for by in (given.acting(given.account("noah")), given.holder_of("catalog"), given.MAIL):
            found = picture(by=by)
            assert (found.identities, found.program_enrollments, found.seats) == ((), (), ())
            found = picture_of_key(by=by)
            assert (found.identities, found.program_enrollments, found.seats) == ((), (), ())

    def test_everybody_sees_all_of_themselves(self, mira: Account) -> None:
        assert picture(by=given.acting(mira)) == picture()

    def test_another_schools_waiting_student_is_not_seen(self) -> None:
        given.enrolled("rv-1", program=given.program())
        found = picture_of_key(by=given.holder_of("read", school_key="LakeU"))
        assert (found.account, found.identities, found.program_enrollments) == (None, (), ())

    @pytest.mark.usefixtures("mira")
    def test_whether_a_student_has_an_account_is_not_told_to_other_schools(self) -> None:
        found = picture_of_key(by=given.holder_of("read", school_key="LakeU"))
        assert found.account is None


@pytest.mark.parametrize("programs", [1, 5])
def test_it_takes_five_statements_with_the_finding(programs: int) -> None:
    runs = [given.course_run(f"C{n}") for n in range(6)]
    mira = given.account("mira")
    for n in range(programs):
        program = given.program(f"p{n}", runs=runs)
        given.enrolled("rv-1", f"rv-1{n}", program=program)
        for run in runs:
            given.on_course("rv-1", f"rv-1{n}", program=program, run=run)
        given.bound(f"rv-1{n}", mira)
    given.bound("rv-1", mira)
    name = given.key_of("rv-1")
    assert count_statements(picture) <= 5
    assert (
        count_statements(
            lambda: picture_learner(
                learner=get_named_learner(name=name, by=given.OPERATOR), by=given.OPERATOR
            )
        )
        <= 5
    )
