"""Whoever names somebody first makes the name, once."""

import pytest

from matricula.lms.identities.api import Identity, account_itself
from tests import given
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db


def test_a_roster_makes_a_name_that_waits() -> None:
    given.enrolled(" RV-1 ", program=given.program())
    found = Identity.objects.get()
    assert (found.kind, found.value, found.folded) == ("student_key", "RV-1", "rv-1")
    assert (found.account_id, found.bound_at, found.bound_via) == (None, None, None)
    assert str(found) == f"student_key identity {found.pk}"


def test_whoever_comes_second_finds_it_as_it_is() -> None:
    mira = given.account()
    given.bound("rv-1", mira)
    before = read_all()["identity"]
    given.enrolled("RV-1", program=given.program())
    assert read_all()["identity"] == before


def test_an_accounts_own_name_is_bound_from_the_first() -> None:
    mira = given.account()
    for mode in ("audit", "verified"):
        given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode=mode)
    found = Identity.objects.get()
    assert (found.value, found.account_id, found.bound_at) == (
        str(mira.uuid),
        mira.pk,
        given.NOW,
    )
