"""Bulk enrollment, as edX's clients ask for it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import email_address
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with

pytestmark = pytest.mark.django_db

BULK = "/api/bulk_enroll/v1/bulk_enroll/"
KEY = "course-v1:RiverU+HYD1+2031_T1"


@pytest.fixture
def caller() -> APIClient:
    given.course_run()
    return calling_with("write", school_key=None)


def body(identifiers: object = "mira", **more: object) -> dict[str, Any]:
    return {"action": "enroll", "courses": KEY, "identifiers": identifiers, **more}


def test_each_is_told_how_they_stood_and_how_they_stand(caller: APIClient) -> None:
    given.account("mira")
    asked = body("new@example.org, nobody\nmira", auto_enroll=True, email_students=False)
    answer = caller.post(BULK, asked)
    assert answer.status_code == 200
    nothing = {"user": False, "enrollment": False, "allowed": False, "auto_enroll": False}
    assert answer.json() == {
        "action": "enroll",
        "auto_enroll": True,
        "email_students": False,
        "courses": {
            KEY: {
                "action": "enroll",
                "auto_enroll": True,
                "results": [
                    {
                        "identifier": "new@example.org",
                        "before": nothing,
                        "after": {**nothing, "allowed": True, "auto_enroll": True},
                    },
                    {
                        "identifier": "nobody",
                        "invalidIdentifier": True,
                        "message": "This is no username that anybody has, and no e-mail address.",
                    },
                    {
                        "identifier": "mira",
                        "before": {**nothing, "user": True},
                        "after": {**nothing, "user": True, "enrollment": True},
                    },
                ],
            }
        },
    }


def test_unenrolling_ends_and_deletes(caller: APIClient) -> None:
    given.account("mira")
    caller.post(BULK, body("mira a@x.org", auto_enroll=True))
    answer = caller.post(BULK[:-1], body("mira,a@x.org", action="unenroll"))
    mira, address = answer.json()["courses"][KEY]["results"]
    assert mira["after"] == {
        "user": True,
        "enrollment": False,
        "allowed": False,
        "auto_enroll": False,
    }
    assert (address["before"]["allowed"], address["after"]["allowed"]) == (True, False)
    assert [each.is_active for each in CourseEnrollment.objects.all()] == [False]


def test_courses_come_in_a_list_as_well_and_unknown_ones_are_told_to_each(
    caller: APIClient,
) -> None:
    given.account("mira")
    unknown = "course-v1:No+Such+Run"
    answer = caller.post(BULK, body(courses=[KEY, unknown, KEY]))
    courses = answer.json()["courses"]
    assert list(courses) == [KEY, unknown]
    assert courses[KEY]["results"][0]["after"]["enrollment"] is True
    assert courses[unknown]["results"] == [
        {
            "identifier": "mira",
            "error": True,
            "message": f"there is no course run '{unknown}'",
        }
    ]


def test_for_an_address_of_the_retired_nothing_is_done(caller: APIClient) -> None:
    mira = given.account("mira")
    given.bound(email_address("mira@example.org"), mira)
    given.retired(mira)
    [told] = caller.post(BULK, body("mira@example.org")).json()["courses"][KEY]["results"]
    assert told["before"] == told["after"]
    assert told["message"] == "this address is of somebody who was retired"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"action": "drop"}, "action"),
        ({"action": None}, "action"),
        ({"courses": ""}, "courses"),
        ({"courses": "no key"}, "courses"),
        ({"courses": [7]}, "courses"),
        ({"courses": {}}, "courses"),
        ({"identifiers": ""}, "identifiers"),
        ({"identifiers": ["mira"]}, "identifiers"),
        ({"identifiers": "a\x00b"}, "identifiers"),
        ({"identifiers": " ".join(f"u{number}" for number in range(100_001))}, "identifiers"),
        ({"auto_enroll": "perhaps"}, "auto_enroll"),
        ({"email_students": []}, "email_students"),
        ({"cohorts": "blue"}, "cohorts"),
        ({"cohorts": "blue,red"}, "cohorts"),
        ({"cohorts": ["blue"], "action": "unenroll"}, "cohorts"),
    ],
)
def test_what_is_wrong_is_told_field_by_field(
    caller: APIClient, more: dict[str, object], field: str
) -> None:
    answer = caller.post(BULK, body(**more))
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not CourseEnrollment.objects.exists()


@pytest.mark.parametrize("wrong", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_told(caller: APIClient, wrong: object) -> None:
    assert caller.post(BULK, wrong).status_code == 400


def test_separators_alone_name_nobody(caller: APIClient) -> None:
    assert caller.post(BULK, body(" , ,")).json()["courses"][KEY]["results"] == []


def test_it_is_for_who_may_write_everywhere(caller: APIClient) -> None:
    assert calling_anonymously().post(BULK, body()).status_code == 401
    for other in (
        calling_with("write", username="school"),
        calling_with("read", "support", school_key=None, username="reader"),
        calling_as(given.account("noah")),
    ):
        assert other.post(BULK, {}).status_code == 403
