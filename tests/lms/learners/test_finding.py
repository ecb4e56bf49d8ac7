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
    found = get_learner(username=" MIRA ", by=given.OPERATOR)
    assert (found.account_id, found.username, found.identity_id) == (mira.pk, "mira", None)


def test_a_name_finds_whoever_has_proven_it() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    found = get_named_learner(name=given.key_of("RV-1"), by=given.OPERATOR)
    assert (found.account_id, found.username) == (mira.pk, "mira")


def test_a_name_that_waits_finds_itself() -> None:
    given.enrolled("rv-1", program=given.program())
    found = get_named_learner(name=given.key_of("rv-1"), by=given.OPERATOR)
    [(identity_id,)] = look("SELECT id FROM identity")
    assert (found.account_id, found.username, found.identity_id) == (None, None, identity_id)


def test_nobody_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        get_learner(username="nobody", by=given.OPERATOR)
    for name in (given.key_of("rv-1"), email_address("a@x.org")):
        with pytest.raises(UnknownIdentity):
            get_named_learner(name=name, by=given.OPERATOR)


def test_either_way_takes_one_statement() -> None:
    given.account("mira")
    given.enrolled("rv-1", program=given.program())
    name = given.key_of("rv-1")
    assert count_statements(lambda: get_learner(username="mira", by=given.OPERATOR)) == 1
    assert count_statements(lambda: get_named_learner(name=name, by=given.OPERATOR)) == 1


def test_a_reader_of_one_school_finds_that_schools_people_alone() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    given.bound("hl-1", noah, school_key="HillU")
    by = given.holder_of("read", school_key="RiverU")
    assert get_learner(username="mira", by=by).account_id == mira.pk
    assert get_named_learner(name=given.key_of("rv-1"), by=by).account_id == mira.pk
    with pytest.raises(UnknownAccount):
        get_learner(username="noah", by=by)
    with pytest.raises(UnknownIdentity):
        get_named_learner(name=given.key_of("hl-1", school_key="HillU"), by=by)
    with pytest.raises(UnknownIdentity):
        get_named_learner(name=email_address("noah@example.org"), by=by)


def test_who_may_read_nothing_finds_nobody() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    with pytest.raises(UnknownAccount):
        get_learner(username="mira", by=given.acting(given.account("noah")))


def test_everybody_finds_themselves() -> None:
    mira = given.account("mira")
    assert get_learner(username="MIRA", by=given.acting(mira)).account_id == mira.pk
