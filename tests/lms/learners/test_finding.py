"""Finding the person somebody asks about."""

import pytest

from matricula.lms.accounts.api import UnknownAccount
from matricula.lms.identities.api import UnknownIdentity, email_address
from matricula.lms.learners.api import get_learner, get_named_learner
from tests import given
from tests.lms.kernel.seeing import count_statements, look

pytestmark = pytest.mark.django_db


def test_an_account_is_found_by_its_username() -> None:
    mira = given.account("mira")
    found = get_learner(username=" MIRA ")
    assert (found.account_id, found.username, found.identity_id) == (mira.pk, "mira", None)


def test_a_name_finds_whoever_has_proven_it() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    found = get_named_learner(name=given.key_of("RV-1"))
    assert (found.account_id, found.username) == (mira.pk, "mira")


def test_a_name_that_waits_finds_itself() -> None:
    given.enrolled("rv-1", program=given.program())
    found = get_named_learner(name=given.key_of("rv-1"))
    [(identity_id,)] = look("SELECT id FROM identity")
    assert (found.account_id, found.username, found.identity_id) == (None, None, identity_id)


def test_nobody_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        get_learner(username="nobody")
    for name in (given.key_of("rv-1"), email_address("a@x.org")):
        with pytest.raises(UnknownIdentity):
            get_named_learner(name=name)


def test_either_way_takes_one_statement() -> None:
    given.account("mira")
    given.enrolled("rv-1", program=given.program())
    name = given.key_of("rv-1")
    assert count_statements(lambda: get_learner(username="mira")) == 1
    assert count_statements(lambda: get_named_learner(name=name)) == 1
