"""A digest while somebody writes."""

import pytest

from matricula.lms.catalog.api import get_program_lead
from matricula.lms.rosters.api import ProgramDigest, RosterKind, digest_program
from matricula.lms.rosters.models import RosterDigest
from tests import given
from tests.lms.kernel.seeing import wait_for_others
from tests.races.running import Running

pytestmark = pytest.mark.django_db(transaction=True)


def digest() -> ProgramDigest:
    program = get_program_lead(key="hydrology")
    return digest_program(program=program, kind=RosterKind.PROGRAM, by=given.OPERATOR)


def test_what_was_written_and_not_yet_committed_is_in_the_next_digest() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    wait_for_others()

    writing = Running(lambda: given.enrolled("rv-2", program=program), before_commit=True)
    without = digest()
    assert digest() == without
    writing.result()

    assert (without.rows, digest().rows) == (1, 2)
    kept = digest()
    RosterDigest.objects.all().delete()
    assert digest() == kept
