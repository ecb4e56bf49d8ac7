"""`matricula plan` and `matricula undo`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> ProgramOutline:
    return given.program()


def make(folder: Path, *rows: str) -> Any:  # noqa: ANN401  JSON is anything
    path = folder / "spring.csv"
    path.write_text("\n".join(["student_key,status", *rows, ""]))
    return matricula("plan", "make", str(path), "--program", "hydrology", "--json").json


def statuses() -> dict[str, str]:
    return dict(ProgramEnrollment.objects.values_list("identity__value", "status"))


def test_a_plan_is_made_shown_applied_and_undone(program: ProgramOutline, tmp_path: Path) -> None:
    given.enrolled("rv-1", program=program)
    plan = make(tmp_path, "rv-1,ended", "rv-2,enrolled")
    assert (plan["state"], plan["counts"]) == ("ready", {"create": 1, "update": 1})

    shown = matricula("plan", "show", plan["id"], "--action", "update")
    assert "is ready" in shown.out
    assert "rv-1" in shown.out
    assert "rv-2" not in shown.out
    assert statuses() == {"rv-1": "enrolled"}

    assert "is applied" in matricula("plan", "apply", plan["id"]).out
    assert statuses() == {"rv-1": "ended", "rv-2": "enrolled"}

    undo = matricula("undo", "plan", plan["id"], "--json").json
    assert undo["undoes"] == f"plan {plan['id']}"
    matricula("plan", "apply", undo["id"])
    assert statuses() == {"rv-1": "enrolled"}
    listed = matricula("plan", "list", "--json").json["plans"]
    assert [each["id"] for each in listed] == [undo["id"], plan["id"]]


def test_what_has_moved_is_shown(program: ProgramOutline, tmp_path: Path) -> None:
    plan = make(tmp_path, "rv-1,ended")
    given.enrolled("rv-1", program=program)

    typed = matricula("plan", "apply", plan["id"])

    assert typed.status == 1
    assert "create ended, from nothing" in typed.out
    assert "1 row is no longer what was planned" in typed.err


def test_a_plan_that_is_discarded_is_not_applied(program: ProgramOutline, tmp_path: Path) -> None:
    del program
    plan = make(tmp_path, "rv-1,ended")
    matricula("plan", "discard", plan["id"])

    assert "it is discarded" in matricula("plan", "apply", plan["id"]).err


def test_an_act_is_undone_by_its_change_set(program: ProgramOutline) -> None:
    given.enrolled("rv-1", program=program)

    undo = matricula("undo", "change-set", str(ChangeSet.objects.latest("pk").uuid), "--json").json
    matricula("plan", "apply", undo["id"])

    assert statuses() == {}


def test_what_was_written_under_the_id_of_a_request_is_undone(program: ProgramOutline) -> None:
    by = replace(given.OPERATOR, request_id="upload-7")
    given.enrolled("rv-1", program=program, by=by)
    given.enrolled("rv-2", program=program)

    undo = matricula("undo", "request", "upload-7", "--program", "hydrology", "--json").json
    matricula("plan", "apply", undo["id"])

    assert undo["undoes"] == "request upload-7"
    assert statuses() == {"rv-2": "enrolled"}
