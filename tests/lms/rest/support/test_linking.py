"""The tool that links students to accounts: a form in, two lists of sentences out."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import ChangeSet
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with

pytestmark = pytest.mark.django_db

ADDRESS = "/support/link_program_enrollments_details/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def program() -> ProgramOutline:
    made = given.program()
    given.enrolled("rv-1", "rv-2", "rv-3", program=made)
    return made


@pytest.fixture(autouse=True)
def mira() -> Account:
    return given.account("mira")


@pytest.fixture
def agent() -> APIClient:
    return calling_with("support", school_key=None, username="agent")


def send(agent: APIClient, program: object, text: str) -> dict[str, Any]:
    fields = {"program_uuid": str(program), "username_pair_text": text}
    answer = agent.post(ADDRESS, fields, format="multipart")
    assert answer.status_code == 200
    read: dict[str, Any] = answer.json()
    assert {name: read[name] for name in fields} == fields
    assert set(read) == {"successes", "errors", *fields}
    return read


def holders() -> dict[str, int | None]:
    return dict(Identity.objects.values_list("value", "account"))


def parse_as_the_tool_does(success: str) -> list[str]:
    stripped = "".join(each for each in success if each not in "()[]'\" ")
    return stripped.split(",")


def test_students_are_linked_line_by_line(
    agent: APIClient, program: ProgramOutline, mira: Account
) -> None:
    text = "rv-1,mira\nrv-2,nobody"
    told = send(agent, program.uuid, text)
    assert told["successes"] == ["('rv-1', 'mira')"]
    assert parse_as_the_tool_does(told["successes"][0]) == ["rv-1", "mira"]
    assert told["errors"] == ["No user found with username nobody"]
    assert holders() == {"rv-1": mira.pk, "rv-2": None, "rv-3": None}
    assert ChangeSet.objects.filter(reason="linked by support", channel="rest").exists()


def test_a_plain_form_and_no_slash_do_as_well(agent: APIClient, program: ProgramOutline) -> None:
    body = f"program_uuid={program.uuid}&username_pair_text=rv-1%2Cmira%0D%0A"
    for address in (ADDRESS, ADDRESS[:-1]):
        answer = agent.post(address, body, content_type=FORM)
        assert answer.json()["successes"] == ["('rv-1', 'mira')"]


def test_whoever_is_linked_already_is_a_success(agent: APIClient, program: ProgramOutline) -> None:
    for _ in range(2):
        told = send(agent, program.uuid, "rv-1,mira\nRV-1,Mira")
        assert told["errors"] == []
        assert len(told["successes"]) == 2


def test_a_key_moves_from_one_account_to_another(
    agent: APIClient, program: ProgramOutline
) -> None:
    noah = given.account("noah")
    given.bound("rv-1", noah)
    assert send(agent, program.uuid, "rv-1,mira")["successes"] == ["('rv-1', 'mira')"]
    assert holders()["rv-1"] != noah.pk


def test_every_trouble_has_its_sentence(agent: APIClient, program: ProgramOutline) -> None:
    given.account("noah")
    gone = given.account("gone")
    given.retired(gone)
    gone.refresh_from_db()
    lines = [
        "rv-1,mira",
        "rv-1,noah",
        "rv-2,nobody",
        f"rv-2b,{gone.username}",
        "rv-9,mira",
        "rv-3,mira,an extra column",
    ]
    given.enrolled("rv-2b", program=program)
    told = send(agent, program.uuid, "\r\n".join(["", *lines, "", " "]))
    assert told["successes"] == ["('rv-3', 'mira')"]
    assert told["errors"] == [
        "External key rv-1 is given with different usernames; none was linked to it.",
        "No user found with username nobody",
        f"The account {gone.username} is retired; nothing can be linked to it.",
        "No program enrollment found for external key rv-9 in this program",
    ]


@pytest.mark.parametrize("line", ["rv-2", "rv-2,", ",mira", " , mira", "rv-2, ,mira"])
def test_half_a_pair_holds_up_all(line: str, agent: APIClient, program: ProgramOutline) -> None:
    told = send(agent, program.uuid, f"rv-1,mira\n{line}\n")
    sentence = "Line 2 must have an external key and a username, with a comma between."
    assert told["successes"] == []
    assert told["errors"] == [f"{sentence} Nothing was linked."]
    assert set(holders().values()) == {None}


@pytest.mark.parametrize("text", ["", " \n"])
def test_both_fields_are_needed(text: str, agent: APIClient, program: ProgramOutline) -> None:
    needed = [
        "Give both a program UUID and at least one line with an external key and a username."
    ]
    assert send(agent, program.uuid, text)["errors"] == needed
    assert send(agent, text, "rv-1,mira")["errors"] == needed
    assert agent.post(ADDRESS, {}, format="multipart").json()["errors"] == needed


@pytest.mark.parametrize("wanted", ["hydrology", "6f0c", "\x00", "x" * 300])
def test_a_bad_uuid_is_said_to_be_one(
    wanted: str, agent: APIClient, program: ProgramOutline
) -> None:
    told = send(agent, wanted, "rv-1,mira")
    assert told["errors"] == [f"{wanted.strip()} is not a valid UUID of a program."]


def test_a_program_of_a_school_one_does_not_support_is_as_one_that_does_not_exist(
    program: ProgramOutline,
) -> None:
    lake = calling_with("support", school_key="LakeU", username="lake")
    unknown = uuid4()
    for wanted in (program.uuid, unknown):
        told = send(lake, wanted, "rv-1,mira\nrv-9,nobody")
        assert told["successes"] == []
        assert told["errors"] == [f"No program found with UUID {wanted}"]
    river = calling_with("support", username="river")
    assert send(river, program.uuid, "rv-1,mira")["errors"] == []


def test_keys_with_commas_are_quoted(agent: APIClient, program: ProgramOutline) -> None:
    odd = ["a,b", "o'neil", "a\\b", "[x]", 'say "x"', "a b", "\u00e9t\u00e9+:/%"]
    given.enrolled(*odd, program=program)
    text = "\n".join('"' + key.replace('"', '""') + '",mira' for key in odd)
    told = send(agent, program.uuid, text)
    assert told["errors"] == []
    assert told["successes"] == [f"('{key}', 'mira')" for key in odd]


@pytest.mark.parametrize("text", ["\x00", "rv\x00,mira", "rv-1,mi\x00ra", '"rv-1', "," * 3])
def test_odd_lines_link_nothing(text: str, agent: APIClient, program: ProgramOutline) -> None:
    told = send(agent, program.uuid, text)
    assert told["successes"] == []
    assert len(told["errors"]) <= 1
    assert set(holders().values()) == {None}


def test_a_field_that_csv_cannot_hold_is_said_so(
    agent: APIClient, program: ProgramOutline
) -> None:
    told = send(agent, program.uuid, "x" * 200_000 + ",mira")
    assert told["errors"][0].startswith("The lines cannot be read: field larger than")


def test_only_support_may(program: ProgramOutline) -> None:
    fields = {"program_uuid": str(program.uuid), "username_pair_text": "rv-1,mira"}
    assert calling_anonymously().post(ADDRESS, fields, format="multipart").status_code == 401
    for caller in (
        calling_as(given.account("noah")),
        calling_with("write", "read", "catalog", school_key=None),
    ):
        assert caller.post(ADDRESS, fields, format="multipart").status_code == 403
    assert set(holders().values()) == {None}


def test_a_session_needs_the_csrf_token(program: ProgramOutline) -> None:
    account = given.account("agent")
    given.with_role("support", account, school_key=None)
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(account)
    fields = {"program_uuid": str(program.uuid), "username_pair_text": "rv-1,mira"}
    assert browser.post(ADDRESS, fields, format="multipart").status_code == 403
    token = browser.get("/csrf/api/v1/token").json()["csrfToken"]
    answer = browser.post(ADDRESS, fields, format="multipart", headers={"X-CSRFToken": token})
    assert answer.json()["successes"] == ["('rv-1', 'mira')"]


def test_bodies_that_are_no_form_are_refused(agent: APIClient, program: ProgramOutline) -> None:
    assert agent.post(ADDRESS, {"program_uuid": "x"}, format="json").status_code == 415
    assert agent.post(ADDRESS, b"x" * 3_000_000, content_type=FORM).status_code == 413
    big = {"program_uuid": str(program.uuid), "username_pair_text": "x" * 3_000_000}
    assert agent.post(ADDRESS, big, format="multipart").status_code == 413
    broken = agent.post(ADDRESS, b"nonsense", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in {200, 400}
    assert agent.post(ADDRESS, b"\xff\xfe=%ff", content_type=FORM).status_code == 200
    assert agent.get(ADDRESS).status_code == 405
