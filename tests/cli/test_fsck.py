"""`matricula fsck`."""

import pytest

from matricula.lms.integrity.api import INVARIANTS
from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world() -> None:
    given.enrolled("rv-1", "rv-2", program=given.program())


def break_something() -> None:
    run("SET LOCAL session_replication_role = replica; UPDATE identity SET value = 'x' || value")


def test_a_healthy_world_is_zero() -> None:
    typed = matricula("fsck")
    assert (typed.status, typed.out, typed.err) == (
        0,
        f"All {len(INVARIANTS)} invariants hold.\n",
        "",
    )
    assert matricula("fsck", "--json").json == {"checked": len(INVARIANTS), "findings": []}


def test_findings_are_listed_and_one() -> None:
    break_something()
    typed = matricula("fsck", "--json")
    assert typed.status == 1
    [finding] = typed.json["findings"]
    assert finding["invariant"] == "the-ledger-knows-the-present-of-identity"
    assert (finding["severity"], finding["subject"], finding["count"]) == ("error", "identity", 2)
    assert len(finding["ids"]) == 2


def test_findings_are_said_in_words_too() -> None:
    break_something()
    typed = matricula("fsck")
    assert typed.status == 1
    assert "the-ledger-knows-the-present-of-identity" in typed.out
