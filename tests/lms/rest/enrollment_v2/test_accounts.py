"""Accounts, grades, and who calls, over HTTP."""

import pytest
from allauth.account.models import EmailAddress

from matricula.lms.accounts.api import Account
from matricula.lms.grades.api import Grade
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, get, post, refused

pytestmark = pytest.mark.django_db

MIRA = {"username": "mira", "email": "mira@example.org", "name": "Mira Sand"}
RUN = "course-v1:RiverU+HYD1+2031_T1"


class TestMaking:
    def test_an_account_is_made(self) -> None:
        caller = calling_with("support", school_key=None)
        answer = caller.post(V2 + "accounts", {**MIRA, "password": "correct horse battery"})
        assert answer.status_code == 201, answer.content
        mira = Account.objects.get(username="mira")
        assert answer.json() == {"username": "mira", "uuid": str(mira.uuid)}
        assert answer["Location"] == V2 + "learners/mira"
        assert mira.check_password("correct horse battery")
        assert (mira.name, mira.is_staff, mira.is_superuser) == ("Mira Sand", False, False)
        assert get(caller, "learners/mira")["account"] == "mira"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"username": "a b"}, "invalid-account"),
            ({"email": "nowhere"}, "invalid-account"),
            ({"password": "123"}, "invalid-account"),
            ({"name": "a\x07"}, "invalid-account"),
            ({"is_staff": True}, "invalid-body"),
            ({"username": "m" * 151}, "invalid-body"),
        ],
    )
    def test_what_cannot_be_is_refused(self, change: dict[str, object], code: str) -> None:
        caller = calling_with("support", school_key=None)
        refused(caller.post(V2 + "accounts", {**MIRA, **change}), 400, code)

    def test_a_username_is_taken_once(self) -> None:
        given.account("Mira")
        caller = calling_with("support", school_key=None)
        refused(caller.post(V2 + "accounts", MIRA), 409, "username-taken")

    def test_who_may_not_learns_of_no_account(self) -> None:
        given.account("mira")
        caller = calling_with("support")
        refused(caller.post(V2 + "accounts", MIRA), 403, "permission-missing")
        for name in ("mira", "nobody"):
            answer = caller.post(f"{V2}accounts/{name}/retire", {"reason": "r"})
            refused(answer, 403, "permission-missing")


def test_a_person_is_retired() -> None:
    given.bound("rv-1", given.account("mira"))
    caller = calling_with("support", school_key=None)
    done = post(caller, "accounts/mira/retire", reason="asked to be forgotten")
    assert {kind: count for kind, count in done["erased"].items() if count} == {
        "accounts": 1,
        "identities": 1,
    }
    assert [each["what"] for each in done["kept"]] == [
        "program_enrollments",
        "course_enrollments",
        "course_roles",
        "grades",
    ]
    answer = caller.post(V2 + "accounts/mira/retire", {"reason": "r"})
    refused(answer, 404, "account-not-found")


class TestMerging:
    def test_two_accounts_of_a_person_become_one(self) -> None:
        given.account("mira")
        given.bound("rv-1", given.account("mira2"))
        caller = calling_with("support", school_key=None)
        done = post(caller, "accounts/mira2/merge", into="mira", reason="showed both cards")
        assert {what: count for what, count in done.items() if count} == {"identities": 1}
        assert get(caller, "learners/mira2") == get(caller, "learners/mira")
        again = post(caller, "accounts/mira2/merge", into="mira", reason="once more")
        assert set(again.values()) == {0}

    def test_what_cannot_be_is_refused(self) -> None:
        mira, noah = given.account("mira"), given.account("noah")
        caller = calling_with("support", school_key=None)
        merge = f"{V2}accounts/mira/merge"
        refused(caller.post(merge, {"into": "mira", "reason": "r"}), 400, "same-account")
        refused(caller.post(merge, {"into": "nobody", "reason": "r"}), 404, "account-not-found")
        refused(caller.post(merge, {"into": "noah", "reason": " "}), 400, "reason-missing")
        given.merged(noah, mira)
        refused(caller.post(merge, {"into": "noah", "reason": "r"}), 409, "not-mergeable")
        retiring = caller.post(f"{V2}accounts/noah/retire", {"reason": "r"})
        refused(retiring, 409, "account-merged")

    def test_who_may_not_learns_of_no_account(self) -> None:
        given.account("mira")
        caller = calling_with("support")
        for name in ("mira", "nobody"):
            answer = caller.post(f"{V2}accounts/{name}/merge", {"into": "x", "reason": "r"})
            refused(answer, 403, "permission-missing")


class TestGrades:
    @staticmethod
    def grade(**change: object) -> dict[str, object]:
        grade = {"username": "mira", "course_run": RUN, "is_passing": True, "percent": 0.93}
        return {**grade, "letter": "A", **change}

    def test_grades_are_recorded(self) -> None:
        given.course_run()
        given.account("mira")
        caller = calling_with("write", school_key=None)
        assert post(caller, "grades", grades=[self.grade()]) == {"recorded": 1}
        assert post(caller, "grades", grades=[self.grade()]) == {"recorded": 0}
        stored = Grade.objects.get()
        assert (str(stored.percent), stored.letter, stored.is_passing) == ("0.9300", "A", True)

    def test_all_or_none(self) -> None:
        given.course_run()
        given.account("mira")
        caller = calling_with("write", school_key=None)
        for change, status, code in (
            ({"username": "nobody"}, 404, "account-not-found"),
            ({"course_run": "course-v1:No+No+No"}, 404, "course-run-not-found"),
            ({"percent": 1.5}, 400, "invalid-body"),
            ({"username": "MIRA"}, 400, "repeated-grade"),
        ):
            body = {"grades": [self.grade(), self.grade(**change)]}
            refused(caller.post(V2 + "grades", body), status, code)
        assert not Grade.objects.exists()

    def test_a_schools_registrar_grades_nobody(self) -> None:
        body = {"grades": [self.grade(username="nobody")]}
        answer = calling_with("write").post(V2 + "grades", body)
        refused(answer, 403, "permission-missing")

    def test_it_takes_as_many_queries_for_many_as_for_few(self) -> None:
        given.course_run()
        caller = calling_with("write", school_key=None)
        names = [given.account(f"mira-{n}").username for n in range(20)]

        def record(*usernames: str) -> None:
            post(caller, "grades", grades=[self.grade(username=name) for name in usernames])

        few = count_statements(lambda: record(*names[:2]))
        assert count_statements(lambda: record(*names)) == few


def test_the_caller_is_told_who_they_are() -> None:
    mira = given.account("mira")
    assert get(calling_as(mira), "me") == {
        "username": "mira",
        "uuid": str(mira.uuid),
        "name": "",
        "is_staff": False,
        "roles": [],
        "missing": [],
    }
    given.with_role("write", mira)
    given.with_role("catalog", mira, school_key=None)
    assert get(calling_as(mira), "me")["roles"] == [
        {
            "role": "write",
            "organization": "RiverU",
            "permissions": ["enrollments:read", "enrollments:write", "grades:write"],
        },
        {"role": "catalog", "organization": None, "permissions": ["catalog:load"]},
    ]


def test_the_caller_is_told_what_is_missing() -> None:
    mira = given.account("mira")
    EmailAddress.objects.create(user=mira, email="mira@example.org")
    (lack,) = get(calling_as(mira), "me")["missing"]
    assert (lack["code"], lack["what"]) == ("address-unproven", "mira@example.org")
    assert lack["detail"].startswith("Nobody has followed the link")
