"""The inspector of edX's support tool, and what it asks besides."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

INSPECTOR = "/support/program_enrollments_inspector_details"
PROVIDERS = "/support/get_saml_providers/"
RECORDS = "/support/sso_records/"
NAMES = "/api/edx_name_affirmation/v1/verified_name/history"


@pytest.fixture
def river() -> ProgramOutline:
    run = given.course_run()
    made = given.program(runs=[run])
    given.enrolled("rv-1", program=made)
    given.on_course("rv-1", program=made, run=run)
    return made


@pytest.fixture
def mira(river: ProgramOutline) -> Account:
    made = given.account("mira", email="m+ira@example.org")
    given.bound("rv-1", made)
    return made


@pytest.fixture
def agent() -> APIClient:
    return calling_with("support", school_key=None, username="agent")


def inspect(agent: APIClient, **asked: str) -> dict[str, Any]:
    answer = agent.get(INSPECTOR, asked)
    assert answer.status_code == 200
    read: dict[str, Any] = answer.json()
    assert set(read) == {"error", "org_keys", "learner_program_enrollments"}
    return read


def test_a_learner_is_found_by_username(
    agent: APIClient, mira: Account, river: ProgramOutline
) -> None:
    run = given.course_run().key
    assert inspect(agent, edx_user="mira") == {
        "error": "",
        "org_keys": "RiverU",
        "learner_program_enrollments": {
            "user": {
                "username": "mira",
                "email": "m+ira@example.org",
                "external_user_key": "rv-1",
                "sso_list": [{"uid": "RiverU:rv-1"}],
            },
            "id_verification": {
                "status": "none",
                "error": "",
                "should_display": True,
                "status_date": "",
                "verification_expiry": "",
            },
            "enrollments": [
                {
                    "created": "2031-01-10T09:00:00",
                    "modified": "2031-01-10T09:00:00",
                    "external_user_key": "rv-1",
                    "status": "enrolled",
                    "program_uuid": str(river.uuid),
                    "program_name": "Hydrology",
                    "program_course_enrollments": [
                        {
                            "created": "2031-01-10T09:00:00",
                            "modified": "2031-01-10T09:00:00",
                            "status": "active",
                            "course_key": run,
                            "course_url": f"/courses/{run}/course/",
                            "course_enrollment": {
                                "course_id": run,
                                "is_active": True,
                                "mode": "masters",
                            },
                        }
                    ],
                }
            ],
        },
    }


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(
    "query",
    [
        "edx_user=m%2Bira@example.org&org_key=&external_user_key=",
        "edx_user=m+ira@example.org",
        "edx_user=MIRA&org_key=LakeU&external_user_key=x",
        "edx_user=&org_key=riveru&external_user_key=RV-1",
    ],
)
def test_or_by_address_or_by_institution_and_key(query: str, agent: APIClient) -> None:
    read = agent.get(f"{INSPECTOR}?{query}").json()
    assert read["learner_program_enrollments"]["user"]["username"] == "mira"
    assert read["org_keys"] == "RiverU"
    assert read == agent.get(f"{INSPECTOR}/?{query}").json()


@pytest.mark.usefixtures("river")
def test_whoever_waits_has_a_user_that_the_tool_can_show(agent: APIClient) -> None:
    read = inspect(agent, org_key="RiverU", external_user_key="rv-1")
    found = read["learner_program_enrollments"]
    assert found["user"] == {
        "username": "waiting: no account yet",
        "email": "",
        "external_user_key": "rv-1",
        "sso_list": [],
    }
    [enrollment] = found["enrollments"]
    assert enrollment["external_user_key"] == "rv-1"
    assert enrollment["program_course_enrollments"][0]["course_enrollment"] is None
    # What the tool asks next, with that for a username.
    assert agent.get("/api/user/v1/accounts/waiting: no account yet").status_code == 404
    assert agent.get(f"{RECORDS}waiting: no account yet").json() == []
    assert agent.get(NAMES, {"username": "waiting: no account yet"}).json() == {"results": []}


@pytest.mark.usefixtures("mira")
def test_a_key_that_two_schools_use_is_not_mixed(agent: APIClient, mira: Account) -> None:
    lakes = given.program("lakes", school_key="LakeU")
    given.enrolled("rv-1", program=lakes)
    given.bound("rv-1", mira, school_key="LakeU")
    read = inspect(agent, org_key="LakeU", external_user_key="rv-1")
    found = read["learner_program_enrollments"]
    assert read["org_keys"] == "LakeU"
    assert found["user"]["sso_list"] == [{"uid": "LakeU:rv-1"}]
    assert [each["program_name"] for each in found["enrollments"]] == ["Lakes"]


def test_nobody_is_said_in_a_sentence(agent: APIClient, mira: Account) -> None:
    ask = "Search by username, by e-mail address, or by institution together with external key."
    for asked in ({}, {"org_key": "RiverU"}, {"external_user_key": "rv-1"}, {"edx_user": " "}):
        assert inspect(agent, **asked)["error"] == ask
    assert inspect(agent, edx_user=" nobody") == {
        "error": "No account found for nobody",
        "org_keys": "",
        "learner_program_enrollments": {},
    }
    for org, key in (("RiverU", "rv-2"), ("NoU", "rv-1"), ("NoU\x00", "rv-1"), ("RiverU", "\x00")):
        read = inspect(agent, org_key=org, external_user_key=key)
        assert read["error"] == f"Nobody with external key {key} is known at {org}"
        assert read["org_keys"] == org


def test_what_an_agent_may_not_see_is_as_if_it_did_not_exist(mira: Account) -> None:
    lake = calling_with("support", school_key="LakeU", username="lake")
    hidden = inspect(lake, edx_user="mira")
    assert hidden["error"] == "No account found for mira"
    hidden = inspect(lake, org_key="RiverU", external_user_key="rv-1")
    assert hidden["error"] == "Nobody with external key rv-1 is known at RiverU"
    assert hidden["learner_program_enrollments"] == {}
    assert lake.get(f"{RECORDS}mira").json() == lake.get(f"{RECORDS}nobody").json() == []


def test_the_institutions_are_those_that_one_reads_about(agent: APIClient) -> None:
    for key in ("RiverU", "LakeU", "HillU"):
        given.school(key)
    assert agent.get(PROVIDERS).json() == ["HillU", "LakeU", "RiverU"]
    assert agent.get(PROVIDERS[:-1]).json() == ["HillU", "LakeU", "RiverU"]
    assert calling_with("support", username="river").get(PROVIDERS).json() == ["RiverU"]


def test_sign_on_records_tell_how_a_key_came(agent: APIClient, mira: Account) -> None:
    for asked in ("mira", "m+ira@example.org", "mira/"):
        [record] = agent.get(f"{RECORDS}{asked}").json()
        assert (record["uid"], record["provider"]) == ("RiverU:rv-1", "RiverU")
        assert record["modified"] == "2031-01-10T09:00:00"
        assert json.loads(record["extraData"]) == {"bound_via": "sign_on"}
        bound, mentioned = record["history"]
        assert json.loads(bound["extraData"]) == {
            "bound_via": "sign_on",
            "bound_to": "this account",
        }
        assert json.loads(mentioned["extraData"]) == {"bound_via": None, "bound_to": None}
        assert set(bound) == {"uid", "provider", "modified", "extraData"}
    assert agent.get(RECORDS).json() == agent.get(f"{RECORDS}%00").json() == []


ADDRESSES = [INSPECTOR, PROVIDERS, f"{RECORDS}mira", NAMES]


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_support_may(address: str, agent: APIClient, mira: Account) -> None:
    assert agent.get(address).status_code == 200
    assert calling_anonymously().get(address).status_code == 401
    assert calling_as(mira).get(address).status_code == 403
    reader = calling_with("read", "write", school_key=None)
    assert reader.get(address).status_code == 403


def test_a_learner_with_much_takes_as_many_queries(agent: APIClient, mira: Account) -> None:
    agent.get(PROVIDERS)
    few = count_statements(lambda: inspect(agent, edx_user="mira"))
    runs = [given.course_run(f"C{n}") for n in range(3)]
    for n in range(5):
        program = given.program(f"p{n}", runs=runs)
        given.enrolled("rv-1", program=program)
        for run in runs:
            given.on_course("rv-1", program=program, run=run)
    assert count_statements(lambda: inspect(agent, edx_user="mira")) == few
