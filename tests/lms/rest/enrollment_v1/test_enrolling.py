"""POST enrollment: who, whom, into what; the first thing that is wrong is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.utils import timezone
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, CourseRunMode
from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.ledger.api import ChangeSet
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.enrollment_v1.asking import ENROLLMENT, KEY, a_run, asked, staff

pytestmark = pytest.mark.django_db

SHARED = "a long key that two servers share"


@pytest.fixture
def mira() -> Account:
    a_run()
    return given.account("mira")


@pytest.fixture
def server(settings: Any) -> APIClient:  # noqa: ANN401  pytest-django's
    settings.EDX_API_KEY = SHARED
    caller = APIClient()
    caller.credentials(HTTP_X_EDX_API_KEY=SHARED)
    return caller


def seat_of(answer: Any) -> tuple[str, bool]:  # noqa: ANN401  the test client's
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body["mode"], body["is_active"]


def refused(answer: Any) -> tuple[int, str]:  # noqa: ANN401  as above
    assert not CourseEnrollment.objects.exists()
    return answer.status_code, answer.json()["message"]


def test_learners_enroll_themselves(mira: Account) -> None:
    answer = calling_as(mira).post(ENROLLMENT, asked())
    assert answer.status_code == 200
    body = answer.json()
    created = body.pop("created")
    assert created.endswith("Z")
    mode = {
        "min_price": 0,
        "suggested_prices": "",
        "currency": "usd",
        "expiration_datetime": None,
        "description": None,
        "sku": None,
        "bulk_sku": None,
    }
    assert body == {
        "mode": "audit",
        "is_active": True,
        "user": "mira",
        "course_details": {
            "course_id": KEY,
            "course_name": KEY,
            "enrollment_start": None,
            "enrollment_end": None,
            "course_start": None,
            "course_end": None,
            "invite_only": False,
            "pacing_type": "Instructor Paced",
            "course_modes": [
                {"slug": "audit", "name": "Audit", **mode},
                {"slug": "honor", "name": "Honor", **mode},
                {"slug": "verified", "name": "Verified", **mode},
            ],
        },
        "programs": [],
    }


def test_again_answers_the_same_and_never_201(mira: Account) -> None:
    first = calling_as(mira).post(ENROLLMENT, asked(user="mira"))
    again = calling_as(mira).post(f"{ENROLLMENT}/", asked(user="MIRA", mode="honor"))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_nobody_in_particular_is_refused(mira: Account) -> None:
    answer = calling_anonymously().post(ENROLLMENT, asked())
    assert refused(answer)[0] == 401


@pytest.mark.parametrize(
    "body", [None, [], "text", {}, {"course_details": KEY}, {"course_details": {"course_id": ""}}]
)
def test_first_there_must_be_a_course_run(mira: Account, body: object) -> None:
    status, message = refused(calling_as(mira).post(ENROLLMENT, body))
    assert (status, "course_details.course_id" in message) == (400, True)


def test_of_a_possible_key(mira: Account) -> None:
    body = asked("no key", user="noah", mode="verified")
    status, message = refused(calling_as(mira).post(ENROLLMENT, body))
    assert (status, "no course run key" in message) == (400, True)


@pytest.mark.parametrize("whom", [{"user": "noah"}, {"user": "nobody"}, {"user": 7}])
@pytest.mark.parametrize("username", ["mira", "reader", "registrar"])
def test_then_nobody_names_others_who_may_not(
    mira: Account, username: str, whom: dict[str, object]
) -> None:
    given.account("noah")
    caller = {
        "mira": lambda: calling_as(mira),
        "reader": lambda: calling_with("read", "support", school_key=None),
        "registrar": lambda: calling_with("write"),
    }[username]()
    body = asked("course-v1:No+Such+Run", mode="verified", is_active="yes", **whom)
    assert refused(caller.post(ENROLLMENT, body))[0] == 404


def test_nor_their_addresses(mira: Account) -> None:
    given.bound(email_address("noah@x.org"), given.account("noah"))
    given.bound(email_address("m@x.org"), mira)
    for address in ("noah@x.org", "unknown@x.org"):
        assert refused(calling_as(mira).post(ENROLLMENT, asked(email=address)))[0] == 404
    for address in ("M@x.org", "mira@example.org"):
        assert seat_of(calling_as(mira).post(ENROLLMENT, asked(email=address)))[1]


def test_an_address_that_somebody_else_has_proven_enrolls_nobody_else(mira: Account) -> None:
    given.bound(email_address("mira@example.org"), given.account("noah"))
    answer = calling_as(mira).post(ENROLLMENT, asked(email="mira@example.org"))
    assert answer.json()["user"] == "mira"


def test_then_an_address_must_be_proven(mira: Account) -> None:
    body = asked(email="mira@example.org", user="nobody", mode="no such")
    assert refused(staff().post(ENROLLMENT, body)) == (
        406,
        "Nobody has proven that e-mail address.",
    )
    given.bound(email_address("mira@example.org"), mira)
    answer = staff("other").post(ENROLLMENT, asked(email="MIRA@example.org", user="nobody"))
    assert answer.json()["user"] == "mira"


@pytest.mark.parametrize("mode", ["verified", "masters", 7, ["audit"]])
def test_then_learners_choose_among_two_modes(mira: Account, mode: object) -> None:
    body = asked(mode=mode, is_active="yes")
    assert refused(calling_as(mira).post(ENROLLMENT, body))[0] == 403


def test_then_there_must_be_an_account(mira: Account) -> None:
    for username in ("nobody", "a\x00b", 7):
        body = asked(user=username, is_active="yes")
        caller = staff(f"staff-{len(str(username))}")
        assert refused(caller.post(ENROLLMENT, body))[0] == 406


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"is_active": "true", "force_enrollment": 1}, "is_active"),
        ({"force_enrollment": "true"}, "force_enrollment"),
        ({"is_active": 1}, "is_active"),
        ({"enrollment_attributes": {}}, "enrollment_attributes"),
        ({"enrollment_attributes": [{"namespace": "credit"}]}, "name"),
        ({"cohort": []}, "cohort"),
        ({"email_opt_in": "perhaps"}, "email_opt_in"),
        ({"enterprise_uuid": "7"}, "enterprise_uuid"),
    ],
)
def test_then_everything_is_of_its_type(
    mira: Account, more: dict[str, object], named: str
) -> None:
    status, message = refused(calling_as(mira).post(ENROLLMENT, asked(**more)))
    assert (status, named in message) == (400, True)


def test_then_there_must_be_that_run(mira: Account) -> None:
    body = asked("course-v1:No+Such+Run")
    assert refused(calling_as(mira).post(ENROLLMENT, body)) == (
        400,
        "There is no course run 'course-v1:No+Such+Run'.",
    )


def test_a_mode_that_is_not_offered_is_told_with_those_that_are(mira: Account) -> None:
    CourseRunMode.objects.filter(mode="verified").update(expires_at=given.NOW - timedelta(9999))
    answer = staff().post(ENROLLMENT, asked(user="mira", mode="verified"))
    assert refused(answer)[0] == 400
    slugs = [mode["slug"] for mode in answer.json()["course_details"]["course_modes"]]
    assert slugs == ["audit", "honor", "verified"]


def test_what_is_closed_is_told_unless_somebody_who_may_forces_it(mira: Account) -> None:
    CourseRun.objects.update(enrollment_end_at=timezone.now() - timedelta(days=1))
    for caller, whom in ((calling_as(mira), {}), (staff(), {"user": "mira"})):
        assert refused(caller.post(ENROLLMENT, asked(**whom))) == (
            400,
            f"Enrollment in {KEY} is closed.",
        )
    forced = asked(force_enrollment=True)
    assert refused(calling_as(mira).post(ENROLLMENT, forced))[0] == 400
    assert seat_of(staff("other").post(ENROLLMENT, {**forced, "user": "mira"})) == ("audit", True)


def test_what_comes_along_is_taken_and_changes_nothing(mira: Account) -> None:
    body = asked(
        enrollment_attributes=[{"namespace": "order", "name": "number", "value": "7"}],
        cohort="blue",
        email_opt_in=True,
        enterprise_uuid="6f0c5d0e-93c1-4f0a-9d55-3a1f7c2b9e10",
        unknown=1,
    )
    assert seat_of(calling_as(mira).post(ENROLLMENT, body)) == ("audit", True)


def test_staff_change_and_end_what_others_have(mira: Account) -> None:
    caller = staff()
    assert seat_of(caller.post(ENROLLMENT, asked(user="mira"))) == ("audit", True)
    assert seat_of(caller.post(ENROLLMENT, asked(user="mira", mode="verified")))[0] == "verified"
    other = caller.post(ENROLLMENT, asked(user="mira", mode="audit", is_active=False))
    assert (other.status_code, "verified" in other.json()["message"]) == (400, True)
    ended = asked(user="mira", mode="verified", is_active=False)
    assert seat_of(caller.post(ENROLLMENT, ended)) == ("verified", False)
    back = asked(user="mira", is_active=True)
    assert seat_of(caller.post(ENROLLMENT, back)) == ("verified", True)


def test_learners_do_not_end_what_they_have(mira: Account) -> None:
    caller = calling_as(mira)
    caller.post(ENROLLMENT, asked())
    assert seat_of(caller.post(ENROLLMENT, asked(is_active=False))) == ("audit", True)


def test_a_seat_of_a_program_stays_and_names_its_program(mira: Account) -> None:
    program = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=given.course_run())
    given.bound("rv-1", mira)
    answer = staff().post(ENROLLMENT, asked(user="mira", is_active=False))
    assert seat_of(answer) == ("masters", True)
    assert answer.json()["created"] == "2031-01-10T09:00:00Z"
    assert answer.json()["programs"] == [
        {
            "uuid": str(program.uuid),
            "key": "hydrology",
            "title": "Hydrology",
            "status": "enrolled",
            "effective": True,
        }
    ]


def test_credit_needs_its_provider_if_anything_is_said(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run())
    CourseRunMode.objects.create(course_run=given.course_run(), mode="credit")
    attribute = {"namespace": "order", "name": "number", "value": "7"}
    body = asked(user="mira", mode="credit", enrollment_attributes=[attribute])
    answer = staff().post(ENROLLMENT, body)
    assert (answer.status_code, "credit:provider_id" in answer.json()["message"]) == (400, True)


def test_the_retired_are_nobody(mira: Account) -> None:
    given.retired(mira)
    mira.refresh_from_db()
    assert refused(staff().post(ENROLLMENT, asked(user=mira.username)))[0] == 406


def test_a_server_with_the_shared_key_enrolls_anybody(mira: Account, server: APIClient) -> None:
    assert seat_of(server.post(ENROLLMENT, asked(user="mira", mode="verified")))[0] == "verified"
    assert ChangeSet.objects.latest("pk").actor == "server:edx-api-key"


def test_it_says_whom(mira: Account, server: APIClient) -> None:
    told = (406, "Say whom to enroll: user or email.")
    assert refused(server.post(ENROLLMENT, asked())) == told


def test_it_may_use_a_mode_that_has_expired(mira: Account, server: APIClient) -> None:
    calling_as(mira).post(ENROLLMENT, asked())
    CourseRunMode.objects.filter(mode="verified").update(expires_at=timezone.now())
    body = asked(user="mira", mode="verified")
    assert staff().post(ENROLLMENT, body).status_code == 400
    assert seat_of(server.post(ENROLLMENT, body)) == ("verified", True)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


def test_what_it_does_is_logged_however_it_ended(
    mira: Account, server: APIClient, logged: list[Any]
) -> None:
    server.post(ENROLLMENT, asked(user="mira"))
    server.post(ENROLLMENT, asked(user="nobody"))
    told = [
        (entry["enrollee_id"], entry["status"])
        for entry in logged
        if entry["event"] == "enrollment by server"
    ]
    assert told == [(mira.pk, 200), (None, 406)]


@pytest.mark.parametrize("key", ["", "a", SHARED + "x", "ключ"])
def test_another_key_opens_nothing(
    mira: Account,
    settings: Any,  # noqa: ANN401  pytest-django's
    key: str,
) -> None:
    caller = APIClient()
    caller.credentials(HTTP_X_EDX_API_KEY=key)
    for expected in (SHARED, ""):
        settings.EDX_API_KEY = expected
        assert refused(caller.post(ENROLLMENT, asked(user="mira")))[0] == 401


@pytest.mark.usefixtures("early_in_a_minute")
def test_whoever_tries_keys_may_try_few(mira: Account, settings: Any) -> None:  # noqa: ANN401  pytest-django's
    settings.EDX_API_KEY = SHARED
    settings.TRIES_PER_MINUTE = 3
    caller = APIClient()
    caller.credentials(HTTP_X_EDX_API_KEY="a guess")
    answers = [caller.post(ENROLLMENT, asked(user="mira")) for _ in range(8)]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert int(answers[-1]["Retry-After"]) > 0
    answer = calling_as(mira).post(ENROLLMENT, asked(), headers={"X-Edx-Api-Key": "of others"})
    assert seat_of(answer) == ("audit", True)


def test_unfit_bodies_are_told(mira: Account) -> None:
    for body in (b"{", b"\xff", b"[" * 100_000):
        answer = calling_as(mira).post(ENROLLMENT, body, content_type="application/json")
        assert refused(answer)[0] == 400
