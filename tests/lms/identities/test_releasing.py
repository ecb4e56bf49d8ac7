import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.identities.api import Identity, find_bound_id, release_identity
from matricula.lms.kernel.api import Actor
from tests import given

pytestmark = pytest.mark.django_db


def released(identity: Identity, *, by: Actor, account_id: int | None = None) -> bool:
    return release_identity(
        identity_id=identity.pk,
        account_id=account_id or identity.account_id or 0,
        by=by,
        at=given.NOW,
        reason="the school has changed the key",
    )


def test_a_sign_on_lets_a_key_go_that_it_has_bound() -> None:
    mira = given.account()
    given.bound("rv-1", mira)
    by, name = given.sign_on(given.school().pk), given.key_of("rv-1")
    identity = Identity.objects.get()
    assert find_bound_id(name=name, account_id=mira.pk, by=by) == identity.pk

    assert released(identity, by=by)

    assert Identity.objects.get().account is None
    assert find_bound_id(name=name, account_id=mira.pk, by=by) is None
    assert not released(identity, by=by)


def test_what_is_another_accounts_or_another_schools_stays() -> None:
    given.bound("rv-1", given.account())
    identity = Identity.objects.get()
    lake = given.school("LakeU").pk

    assert not released(identity, by=given.sign_on(given.school().pk), account_id=-1)
    assert not released(identity, by=given.sign_on(lake))

    assert Identity.objects.get().account is not None


def test_it_is_for_sign_ons_alone() -> None:
    given.bound("rv-1", given.account())
    by = given.holder_of("support", school_key=None)

    with pytest.raises(PermissionMissing):
        released(Identity.objects.get(), by=by)
    with pytest.raises(PermissionMissing):
        find_bound_id(name=given.key_of("rv-1"), account_id=1, by=by)
