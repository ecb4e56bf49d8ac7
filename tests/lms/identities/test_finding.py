"""Finding an identity by its name."""

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.identities.api import UnknownIdentity, email_address, get_identity
from tests import given

pytestmark = pytest.mark.django_db


def test_a_name_is_found_in_any_spelling() -> None:
    given.enrolled("rv-1", program=given.program())
    assert get_identity(name=given.key_of(" RV-1 "), by=given.OPERATOR).value == "rv-1"


def test_a_name_nobody_has_mentioned_is_unknown() -> None:
    for name in (given.key_of("rv-1"), email_address("a@x.org")):
        with pytest.raises(UnknownIdentity):
            get_identity(name=name, by=given.OPERATOR)


def test_whether_it_exists_is_not_told_to_who_may_not_know() -> None:
    given.enrolled("rv-1", program=given.program())
    by = given.holder_of("read", school_key="LakeU")
    for key in ("rv-1", "rv-9"):
        with pytest.raises(PermissionMissing):
            get_identity(name=given.key_of(key), by=by)
    reader = given.holder_of("read", username="reader")
    assert get_identity(name=given.key_of("rv-1"), by=reader).value == "rv-1"
