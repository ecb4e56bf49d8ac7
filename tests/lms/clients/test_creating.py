"""Clients: made, listed, renewed and deleted."""

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError

from matricula.lms.access.api import PermissionMissing, RoleAssignment, UnknownRole
from matricula.lms.accounts.api import Account, UsernameTaken
from matricula.lms.clients.api import (
    Client,
    ClientNameTaken,
    InvalidClientName,
    InvalidRedirectUri,
    NewClient,
    UnknownClient,
    change_redirect_uris,
    create_client,
    delete_client,
    list_clients,
    renew_client_secret,
)
from matricula.lms.clients.creating import HeldRole
from matricula.lms.kernel.api import Actor
from tests import given
from tests.lms.kernel.seeing import count_statements
from tests.races.running import at_once

pytestmark = pytest.mark.django_db


def create(
    name: str = "Registrar",
    *roles: str,
    school_key: str | None = "RiverU",
    by: Actor | None = None,
) -> NewClient:
    return create_client(
        name=name,
        roles=roles or ["write"],
        organization_id=None if school_key is None else given.school(school_key).pk,
        by=by or given.OPERATOR,
        at=given.NOW,
    )


def test_a_client_acts_as_an_account_of_its_own() -> None:
    made = create()
    account = Account.objects.get(username=made.username)
    assert (made.name, made.username) == ("Registrar", "client-registrar")
    assert not account.has_usable_password()
    held = RoleAssignment.objects.get()
    assert (held.account, held.role, held.organization) == (account, "write", given.school())


def test_its_secret_is_random_and_kept_as_a_hash() -> None:
    made = create()
    stored = Client.objects.get().client_secret
    assert len(made.client_secret) == 43
    assert made.client_secret not in stored
    assert stored.startswith("random_secret_sha256$")
    assert check_password(made.client_secret, stored)
    assert not check_password(f"{made.client_secret}x", stored)


def test_passwords_of_people_are_hashed_slowly_as_ever() -> None:
    mira = given.account("mira")
    mira.set_password("correct horse 9")
    assert mira.password.startswith("pbkdf2_sha256$")


def test_roles_may_be_for_all_schools() -> None:
    create("Tool", "support", "catalog", school_key=None)
    held = RoleAssignment.objects.order_by("role")
    assert [(each.role, each.organization) for each in held] == [
        ("catalog", None),
        ("support", None),
    ]


def test_an_unknown_role_leaves_no_client() -> None:
    with pytest.raises(UnknownRole):
        create("Tool", "write", "emperor")
    assert not Client.objects.exists()
    assert not Account.objects.exists()


@pytest.mark.parametrize("name", ["Registrar", " REGISTRAR "])
def test_a_name_is_one_clients(name: str) -> None:
    create()
    with pytest.raises(ClientNameTaken):
        create(name)


@pytest.mark.parametrize("name", ["", "  ", "---", "x" * 101, "a\0b", "a\nb"])
def test_a_name_needs_letters(name: str) -> None:
    with pytest.raises(InvalidClientName):
        create(name)


@pytest.mark.parametrize("name", ["a client", "A-Client"])
def test_names_that_look_alike_have_accounts_of_their_own(name: str) -> None:
    create("A Client!")
    other = create(name)
    assert other.username.startswith("client-a-client-")


@pytest.mark.django_db(transaction=True)
def test_of_two_made_at_once_under_one_name_one_is() -> None:
    school = given.school().pk

    def make() -> bool:
        try:
            create_client(
                name="Tool", roles=[], organization_id=school, by=given.OPERATOR, at=given.NOW
            )
        except (ClientNameTaken, UsernameTaken):
            return False
        return True

    assert sorted(at_once(make, make, make)) == [False, False, True]


def test_the_database_holds_names_apart() -> None:
    create()
    create("Other")
    with pytest.raises(IntegrityError, match="one_client_per_name"):
        Client.objects.filter(name="Other").update(name="REGISTRAR")


def test_a_deleted_client_leaves_an_account_that_is_closed() -> None:
    made = create()
    delete_client(name="registrar", by=given.OPERATOR)
    assert not Client.objects.exists()
    assert not Account.objects.get(username=made.username).is_active


def test_its_name_is_free_again() -> None:
    first = create()
    delete_client(name="Registrar", by=given.OPERATOR)
    assert create().username != first.username


def test_a_renewed_secret_voids_the_old_one() -> None:
    made = create()
    renewed = renew_client_secret(name="Registrar", by=given.OPERATOR)
    stored = Client.objects.get().client_secret
    assert (renewed.client_id, renewed.username) == (made.client_id, made.username)
    assert check_password(renewed.client_secret, stored)
    assert not check_password(made.client_secret, stored)


def test_all_are_listed_by_name_with_their_roles() -> None:
    made = create("zebra", "read", "write")
    create("Ape", "support", school_key=None)
    ape, zebra = list_clients(by=given.OPERATOR)
    assert (ape.name, ape.roles) == ("Ape", (HeldRole("support", None),))
    assert (zebra.client_id, zebra.username) == (made.client_id, made.username)
    assert zebra.roles == (HeldRole("read", "RiverU"), HeldRole("write", "RiverU"))


def test_listing_costs_the_same_however_many_there_are() -> None:
    create("One")
    few = count_statements(lambda: list_clients(by=given.OPERATOR))
    for number in range(5):
        create(f"More {number}")
    assert count_statements(lambda: list_clients(by=given.OPERATOR)) == few


def test_an_unknown_one_cannot_be_deleted_or_renewed() -> None:
    for act in (delete_client, renew_client_secret):
        with pytest.raises(UnknownClient):
            act(name="nobody", by=given.OPERATOR)


def test_clients_are_for_those_who_may_manage_them() -> None:
    create("Tool")
    by = given.holder_of("support", school_key=None)
    for act in (
        lambda: create(by=by),
        lambda: delete_client(name="Tool", by=by),
        lambda: renew_client_secret(name="Tool", by=by),
        lambda: list_clients(by=by),
    ):
        with pytest.raises(PermissionMissing):
            act()
    assert Client.objects.count() == 1


def sign_in_for(*redirect_uris: str, is_trusted: bool = True) -> NewClient:
    return create_client(
        name="Registrar",
        roles=["write"],
        organization_id=None,
        is_trusted=is_trusted,
        redirect_uris=redirect_uris,
        by=given.OPERATOR,
        at=given.NOW,
    )


@pytest.mark.parametrize(
    "uri",
    [
        "https://registrar.example.org/login/complete",
        "https://registrar.example.org:8443/x?y=1",
        "http://127.0.0.1:8001/login/complete",
        "http://localhost/",
        "http://[::1]:8001/x",
    ],
)
def test_a_trusted_client_may_have_people_sent_to_its_addresses(uri: str) -> None:
    sign_in_for(uri)
    assert list_clients(by=given.OPERATOR)[0].redirect_uris == (uri,)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/login/complete",
        "http://registrar.example.org/",
        "http://127.0.0.1.evil.example.org/",
        "https://",
        "https:///path",
        "https://user@registrar.example.org/",
        "https://registrar.example.org/#fragment",
        "https://registrar.example.org/ https://evil.example.org/",
        "https://registrar.example.org/\nx",
        "https://registrar.example.org:0/",
        "https://registrar.example.org:99999/",
        "https://[registrar/",
        "https://registrär.example.org/",
        "https://registrar.example.org/;form-action",
        "javascript:alert(1)",
        "https://registrar.example.org/\0",
        f"https://registrar.example.org/{'x' * 500}",
    ],
)
def test_what_is_no_such_address_is_refused(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        sign_in_for(uri)
    assert not Client.objects.exists()


def test_a_client_that_is_not_trusted_signs_nobody_in() -> None:
    with pytest.raises(InvalidRedirectUri):
        sign_in_for("https://registrar.example.org/", is_trusted=False)
    create()
    with pytest.raises(InvalidRedirectUri):
        change_redirect_uris(
            name="Registrar", redirect_uris=["https://registrar.example.org/"], by=given.OPERATOR
        )


def test_its_addresses_are_changed_by_who_manages_clients() -> None:
    sign_in_for("https://registrar.example.org/")
    with pytest.raises(PermissionMissing):
        change_redirect_uris(
            name="Registrar", redirect_uris=[], by=given.acting(given.account("mira"))
        )
    change_redirect_uris(name="registrar", redirect_uris=[], by=given.OPERATOR)
    assert list_clients(by=given.OPERATOR)[0].redirect_uris == ()
