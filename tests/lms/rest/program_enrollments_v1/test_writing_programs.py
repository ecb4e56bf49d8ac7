import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from matricula.lms.catalog.api import Program, ProgramOrganization, ProgramOutline
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import (
    UNKNOWN,
    curriculum_of,
    enrollments,
    program_row,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(inactive_curricula=1)


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


def stored(program: ProgramOutline) -> dict[str, str]:
    found = ProgramEnrollment.objects.filter(program=program.id).order_by("id")
    return dict(found.values_list("identity__value", "status"))


def test_a_call_answers_each_student_key_in_a_word(
    program: ProgramOutline, registrar: APIClient
) -> None:
    """The example of the contract."""
    rows = [
        program_row("rv-0101", "enrolled", program=program),
        program_row("rv-0102", "on-leave", program=program),
        program_row("rv-0103", "pending", program=program),
        program_row("RV-0103", "pending", program=program),
    ]

    answer = registrar.post(enrollments(program), rows)

    assert answer.status_code == 207
    assert answer.json() == {
        "rv-0101": "enrolled",
        "rv-0102": "invalid-status",
        "rv-0103": "duplicated",
        "RV-0103": "duplicated",
    }
    assert stored(program) == {"rv-0101": "enrolled"}


@pytest.mark.parametrize(
    ("method", "fresh", "known"),
    [
        ("post", "pending", "conflict"),
        ("patch", "not-in-program", "pending"),
        ("put", "pending", "pending"),
    ],
)
def test_a_method_says_what_may_happen(
    method: str, fresh: str, known: str, program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=program)
    rows = [
        program_row("rv-1", "pending", program=program),
        program_row("rv-2", "pending", program=program),
    ]

    answer = getattr(registrar, method)(enrollments(program), rows)

    assert answer.json() == {"rv-1": known, "rv-2": fresh}
    assert answer.status_code == (200 if fresh == known else 207)
    assert stored(program) == {
        "rv-1": "enrolled" if known == "conflict" else "pending",
        **({"rv-2": "pending"} if fresh == "pending" else {}),
    }


@pytest.mark.parametrize("status", ["enrolled", "pending", "suspended", "canceled", "ended"])
def test_each_status_is_its_own_answer(
    status: str, program: ProgramOutline, registrar: APIClient
) -> None:
    answer = registrar.post(enrollments(program), [program_row("rv-1", status, program=program)])
    assert (answer.status_code, answer.json()) == (200, {"rv-1": status})


def test_if_nothing_is_written_the_whole_is_unprocessable(
    program: ProgramOutline, registrar: APIClient
) -> None:
    rows = [program_row("rv-1", "?", program=program), program_row(" ", program=program)]
    answer = registrar.put(enrollments(program), rows)
    assert (answer.status_code, answer.json()) == (
        422,
        {"rv-1": "invalid-status", "": "invalid-key"},
    )


@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_an_empty_list_is_answered_with_nothing(
    method: str, program: ProgramOutline, registrar: APIClient
) -> None:
    answer = getattr(registrar, method)(enrollments(program), [])
    assert (answer.status_code, answer.content) == (204, b"")


def test_repeated_keys_come_last_and_in_the_spelling_of_the_call(
    program: ProgramOutline, registrar: APIClient
) -> None:
    keys = ["A", "rv-1", "a", "\u00c4", "A\u0308", "A", "rv-2"]
    rows = [program_row(key, program=program) for key in keys]

    answer = registrar.put(enrollments(program), rows)

    assert list(answer.json().items()) == [
        ("rv-1", "enrolled"),
        ("rv-2", "enrolled"),
        ("A", "duplicated"),
        ("a", "duplicated"),
        ("\u00c4", "duplicated"),
        ("A\u0308", "duplicated"),
    ]
    assert stored(program) == {"rv-1": "enrolled", "rv-2": "enrolled"}


def test_an_answer_is_in_the_letter_case_of_the_call(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("Rv-1", program=program)
    rows = [program_row("RV-1", program=program)]
    assert registrar.post(enrollments(program), rows).json() == {"RV-1": "conflict"}
    assert registrar.put(enrollments(program), rows).json() == {"RV-1": "enrolled"}
    assert stored(program) == {"Rv-1": "enrolled"}


def test_a_bad_row_holds_up_no_good_one(program: ProgramOutline, registrar: APIClient) -> None:
    rows = [
        program_row("", program=program),
        program_row("k" * 256, program=program),
        program_row("a\x00b", program=program),
        program_row("k" * 255, program=program),
        program_row("rv-1", program=program, curriculum_uuid=UNKNOWN),
        program_row("rv-2", program=program, curriculum_uuid="None"),
        program_row("rv-3", program=program, anything={"else": [1]}),
    ]

    answer = registrar.put(enrollments(program), rows)

    assert answer.status_code == 207
    assert answer.json() == {
        "": "invalid-key",
        "k" * 256: "invalid-key",
        "a\x00b": "invalid-key",
        "k" * 255: "enrolled",
        "rv-1": "invalid-curriculum",
        "rv-2": "enrolled",
        "rv-3": "enrolled",
    }


def test_only_what_must_be_there_and_is_not_refuses_the_whole_call(
    program: ProgramOutline, registrar: APIClient
) -> None:
    good = program_row("rv-1", program=program)
    rows = [
        good,
        {},
        {"student_key": None, "status": True, "curriculum_uuid": "abc"},
        {**good, "status": " "},
        7,
    ]

    answer = registrar.post(enrollments(program), rows)

    assert answer.status_code == 400
    assert answer.json() == {
        "developer_message": [
            {},
            {
                "student_key": ["This field is required."],
                "status": ["This field is required."],
                "curriculum_uuid": ["This field is required."],
            },
            {
                "student_key": ["This field may not be null."],
                "status": ["Not a valid string."],
                "curriculum_uuid": ["Must be a valid UUID."],
            },
            {"status": ["This field may not be blank."]},
            {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]},
        ]
    }
    assert stored(program) == {}


def test_a_body_that_is_no_list_is_refused(program: ProgramOutline, registrar: APIClient) -> None:
    answer = registrar.post(enrollments(program), program_row("rv-1", program=program))
    assert answer.status_code == 400
    assert answer.json() == {
        "developer_message": {
            "non_field_errors": ['Expected a list of items but got type "dict".']
        }
    }


def test_a_patch_takes_no_notice_of_a_curriculum(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    rows = [
        {"student_key": "rv-1", "status": "ended"},
        {"student_key": "rv-2", "status": "ended", "curriculum_uuid": UNKNOWN},
        {"student_key": "rv-3", "status": "ended", "curriculum_uuid": ["junk"]},
    ]
    answer = registrar.patch(enrollments(program), rows)
    assert (answer.status_code, set(answer.json().values())) == (200, {"ended"})


def test_a_put_leaves_the_curriculum_of_a_student_as_it_is(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=program)
    other = next(str(uuid) for uuid in program.curricula if str(uuid) != curriculum_of(program))
    for curriculum in (other, UNKNOWN):
        row = program_row("rv-1", "ended", program=program, curriculum_uuid=curriculum)
        assert registrar.put(enrollments(program), [row]).json() == {"rv-1": "ended"}
    enrolled = ProgramEnrollment.objects.get(program=program.id)
    assert enrolled.curriculum_id == program.active_curriculum_id


def test_a_student_has_one_curriculum_whatever_a_post_says(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", program=program)
    other = next(str(uuid) for uuid in program.curricula if str(uuid) != curriculum_of(program))
    row = program_row("rv-1", program=program, curriculum_uuid=other)
    assert registrar.post(enrollments(program), [row]).json() == {"rv-1": "conflict"}


def test_the_active_curriculum_is_meant_by_none_and_there_may_be_none_active(
    registrar: APIClient,
) -> None:
    closed = given.program("closed", active_curricula=0, inactive_curricula=1)
    row = {"student_key": "rv-1", "status": "enrolled", "curriculum_uuid": "None"}
    assert registrar.put(enrollments(closed), [row]).json() == {"rv-1": "invalid-curriculum"}


def test_putting_the_same_again_changes_nothing(
    program: ProgramOutline, registrar: APIClient
) -> None:
    rows = [program_row(f"rv-{number}", program=program) for number in range(25)]
    first = registrar.put(enrollments(program), rows)
    before = list(ProgramEnrollment.objects.values("id", "status", "modified_at"))
    second = registrar.put(enrollments(program), rows)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert list(ProgramEnrollment.objects.values("id", "status", "modified_at")) == before


@pytest.mark.parametrize(
    "key",
    [
        "a+b",
        "a:b",
        "a/b",
        "a%2Fb",
        "100%",
        "=1+1",
        "o'brien",
        'say "hi"',
        "back\\slash",
        "\u5b66\u751f\u4e00",
        "\u0637\u0627\u0644\u0628",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
        "\u00d8re",
        "\U0001f393",
        "123",
    ],
)
def test_a_key_of_any_letters_comes_back_as_it_was_sent(
    key: str, program: ProgramOutline, registrar: APIClient
) -> None:
    path = enrollments(program)
    assert registrar.put(path, [program_row(key, program=program)]).json() == {key: "enrolled"}
    listed = registrar.get(path).json()["results"]
    assert [row["student_key"] for row in listed] == [key]


def test_a_number_is_a_key_like_its_digits(program: ProgramOutline, registrar: APIClient) -> None:
    path = enrollments(program)
    assert registrar.put(path, [program_row(7, program=program)]).json() == {"7": "enrolled"}
    assert registrar.post(path, [program_row("7", program=program)]).json() == {"7": "conflict"}


def test_who_has_an_account_is_enrolled_with_it_at_once(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.bound("rv-1", given.account("mira"))
    registrar.put(enrollments(program), [program_row("RV-1", program=program)])
    listed = registrar.get(enrollments(program)).json()["results"]
    assert [(row["account_exists"], row["username"]) for row in listed] == [(True, "mira")]


def test_a_program_without_organization_does_not_exist_for_this_wire(
    registrar: APIClient,
) -> None:
    homeless = given.program("homeless")
    Program.objects.get(pk=homeless.id).programorganization_set.all().delete()
    answer = registrar.put(enrollments(homeless), [])
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "program_does_not_exist"


def test_the_program_is_read_once_and_again_when_the_catalog_has_changed(
    program: ProgramOutline, registrar: APIClient
) -> None:
    def send(key: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = registrar.put(
                enrollments(program), [program_row(key, "enrolled", program=program)]
            )
        return answer.status_code, sum("FROM wanted" in query["sql"] for query in captured)

    assert send("rv-1") == (200, 1)
    assert send("rv-2") == (200, 0)
    ProgramOrganization.objects.update(organization=given.school("Hillside"))
    assert send("rv-3") == (404, 1)
    assert list(stored(program)) == ["rv-1", "rv-2"]
