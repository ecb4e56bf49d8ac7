"""GET: one enrollment, somebody's enrollments, course runs, roles and programs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import SELF_PACED, Course, CourseRun, CourseRunMode
from matricula.lms.identities.api import account_itself
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v1.asking import BASE, ENROLLMENT, KEY, a_run

pytestmark = pytest.mark.django_db

ENCODED = quote(KEY, safe="")


@pytest.fixture
def mira() -> Account:
    made = given.account("mira")
    given.granted(account_itself(made.uuid), run=a_run())
    return made


def teacher_of(number: str) -> Account:
    made, run = given.account("teacher"), given.course_run(number)
    program = given.program(runs=[run])
    given.enrolled("rv-9", program=program)
    given.on_course("rv-9", program=program, run=run, course_staff="true")
    given.bound("rv-9", made)
    return made


@pytest.mark.parametrize("address", [KEY, f"{KEY}/", ENCODED, f"mira,{KEY}", f"MIRA,{ENCODED}/"])
def test_learners_read_their_own(mira: Account, address: str) -> None:
    answer = calling_as(mira).get(f"{ENROLLMENT}/{address}")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["user"], body["mode"], body["is_active"]) == ("mira", "audit", True)
    assert body["created"] == "2031-01-10T09:00:00Z"
    assert body["course_details"]["course_id"] == KEY


@pytest.mark.parametrize("address", ["", "mira,"])
def test_where_there_is_none_the_body_is_empty(mira: Account, address: str) -> None:
    given.course_run("HYD2")
    for key in ("course-v1:RiverU+HYD2+2031_T1", "course-v1:No+Such+Run"):
        answer = calling_as(mira).get(f"{ENROLLMENT}/{address}{key}")
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_ended_one_is_there(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), is_active=False)
    assert calling_as(mira).get(f"{ENROLLMENT}/{KEY}").json()["is_active"] is False


def test_others_are_not_there_for_who_may_not_read_everywhere(mira: Account) -> None:
    for number, caller in enumerate(
        (calling_as(given.account("noah")), calling_with("read", "write"))
    ):
        answers = [caller.get(f"{ENROLLMENT}/{username},{KEY}") for username in ("mira", "nobody")]
        assert [answer.status_code for answer in answers] == [404, 404], number
        assert answers[0].json() == answers[1].json()


def test_who_reads_everywhere_reads_others(mira: Account) -> None:
    caller = calling_with("read", school_key=None)
    assert caller.get(f"{ENROLLMENT}/mira,{KEY}").json()["user"] == "mira"
    unknown = caller.get(f"{ENROLLMENT}/nobody,{KEY}")
    assert (unknown.status_code, unknown.content) == (200, b"")


def test_what_is_no_key_is_told(mira: Account) -> None:
    answer = calling_as(mira).get(f"{ENROLLMENT}/no-key")
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


def test_keys_of_the_old_form_have_slashes(mira: Account) -> None:
    old = CourseRun.objects.create(course=Course.objects.get(), key="RiverU/HYD1/2031")
    given.granted(account_itself(mira.uuid), run=old)
    for address in ("RiverU/HYD1/2031", "mira,RiverU/HYD1/2031/", "RiverU%2FHYD1%2F2031"):
        answer = calling_as(mira).get(f"{ENROLLMENT}/{address}")
        assert answer.json()["course_details"]["course_id"] == "RiverU/HYD1/2031"
    assert calling_anonymously().get(f"{BASE}/course/RiverU/HYD1/2031").status_code == 200


def test_all_of_ones_own_that_are_active_the_oldest_first(mira: Account) -> None:
    own = account_itself(mira.uuid)
    given.granted(own, run=given.course_run("A"), at=given.NOW + timedelta(days=1))
    given.granted(own, run=given.course_run("B"), at=given.NOW - timedelta(days=1))
    given.granted(own, run=given.course_run("C"), is_active=False)
    for address in (ENROLLMENT, f"{ENROLLMENT}/", f"{ENROLLMENT}?user=mira"):
        found = calling_as(mira).get(address).json()
        runs = [each["course_details"]["course_id"].split("+")[1] for each in found]
        assert runs == ["B", "HYD1", "A"]


def test_of_somebody_else_each_sees_what_they_may(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run("HYD2"))

    def count(caller: Account) -> int:
        answer = calling_as(caller).get(f"{ENROLLMENT}?user=mira")
        assert answer.status_code == 200
        return len(answer.json())

    reader, school, noah = (given.account(name) for name in ("reader", "school", "noah"))
    given.with_role("read", reader, school_key=None)
    given.with_role("read", school)
    assert (count(reader), count(teacher_of("HYD2")), count(school), count(noah)) == (2, 1, 0, 0)
    assert calling_as(reader).get(f"{ENROLLMENT}?user=nobody").json() == []


def test_any_number_takes_as_many_queries(mira: Account) -> None:
    caller = calling_as(mira)
    caller.get(ENROLLMENT)
    few = count_statements(lambda: caller.get(ENROLLMENT))
    for number in range(25):
        run = given.course_run(f"C{number}")
        program = given.program(f"p{number}", runs=[run])
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", mira)
    assert count_statements(lambda: caller.get(ENROLLMENT)) <= few + 1  # modes that are implied
    assert len(caller.get(ENROLLMENT).json()) == 26


def test_a_course_run_is_described_to_everybody() -> None:
    run = given.course_run()
    start = datetime(2031, 2, 1, 8, tzinfo=UTC)
    CourseRun.objects.update(
        title="Rivers I",
        start_at=start,
        enrollment_end_at=start + timedelta(hours=1, microseconds=5),
        pacing=SELF_PACED,
        is_invitation_only=True,
    )
    CourseRunMode.objects.create(
        course_run=run, mode="verified", min_price=Decimal("49.50"), currency="EUR", sku="V-7"
    )
    CourseRunMode.objects.create(
        course_run=run, mode="honor", expires_at=datetime(2001, 1, 1, tzinfo=UTC)
    )
    answer = calling_anonymously().get(f"{BASE}/course/{KEY}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer.json() == {
        "course_id": KEY,
        "course_name": "Rivers I",
        "enrollment_start": None,
        "enrollment_end": "2031-02-01T09:00:00.000005Z",
        "course_start": "2031-02-01T08:00:00Z",
        "course_end": None,
        "invite_only": True,
        "pacing_type": "Self Paced",
        "course_modes": [
            {
                "slug": "verified",
                "name": "Verified",
                "min_price": 49.5,
                "suggested_prices": "",
                "currency": "eur",
                "expiration_datetime": None,
                "description": None,
                "sku": "V-7",
                "bulk_sku": None,
            }
        ],
    }
    with_expired = calling_anonymously().get(f"{BASE}/course/{ENCODED}/?include_expired=1").json()
    assert [mode["slug"] for mode in with_expired["course_modes"]] == ["honor", "verified"]


@pytest.mark.parametrize("key", ["course-v1:No+Such+Run", "no-key", "course-v1:A+B+C%00"])
def test_one_that_there_is_not_is_a_bad_request(key: str) -> None:
    answer = calling_anonymously().get(f"{BASE}/course/{key}")
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


def test_roles_are_those_that_work() -> None:
    teacher = teacher_of("HYD1")
    role = {"org": "RiverU", "course_id": KEY, "role": "staff"}
    for address in ("roles/", "roles", f"roles/?course_id={KEY}", f"roles/?course_id={ENCODED}"):
        answer = calling_as(teacher).get(f"{BASE}/{address}")
        assert answer.json() == {"roles": [role], "is_staff": False}
    other = calling_as(teacher).get(f"{BASE}/roles/?course_id=course-v1:A+B+C")
    assert other.json() == {"roles": [], "is_staff": False}
    reader = calling_with("read", school_key=None)
    assert reader.get(f"{BASE}/roles/").json() == {"roles": [], "is_staff": True}
    assert calling_anonymously().get(f"{BASE}/roles/").status_code == 401


def test_programs_are_explicit_and_implicit(mira: Account) -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    given.bound("rv-1", mira)
    botany = given.program("botany", school_key="LakeU", runs=[given.course_run()])
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="verified")
    for address in ("programs", "programs/", "programs?user=mira"):
        explicit, implicit = calling_as(mira).get(f"{BASE}/{address}").json()
        assert explicit == {
            "uuid": str(program.uuid),
            "key": "hydrology",
            "title": "Hydrology",
            "type": program.type,
            "organization": "RiverU",
            "status": "enrolled",
            "basis": "explicit",
            "curriculum_uuid": str(next(iter(program.curricula))),
            "student_key": "rv-1",
            "created": "2031-01-10T09:00:00Z",
            "modified": "2031-01-10T09:00:00Z",
        }
        assert (implicit["uuid"], implicit["basis"]) == (str(botany.uuid), "implicit")
        assert (implicit["curriculum_uuid"], implicit["created"]) == (None, None)


def test_of_somebody_else_a_school_sees_its_own_programs(mira: Account) -> None:
    for school in ("RiverU", "LakeU"):
        given.enrolled("rv-1", program=given.program(school.lower(), school_key=school))
        given.bound(given.key_of("rv-1", school_key=school), mira)
    address = f"{BASE}/programs?user=mira"
    found = calling_with("read").get(address).json()
    assert [each["key"] for each in found] == ["riveru"]
    reader = calling_with("read", school_key=None, username="reader")
    assert len(reader.get(address).json()) == 2
    for caller in (
        calling_as(given.account("noah")),
        calling_with("read", school_key="HillU", username="h"),
    ):
        answers = [caller.get(f"{BASE}/programs?user={name}") for name in ("mira", "nobody")]
        assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("method", "address"),
    [("DELETE", ENROLLMENT), ("POST", f"{ENROLLMENT}/{KEY}"), ("POST", f"{BASE}/course/{KEY}")],
)
def test_what_cannot_be_done_is_told(mira: Account, method: str, address: str) -> None:
    answer = calling_as(mira).generic(method, address)
    assert (answer.status_code, list(answer.json())) == (405, ["message"])
