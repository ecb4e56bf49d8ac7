"""`matricula client`."""

import pytest
from django.contrib.auth.hashers import check_password

from matricula.lms.access.api import RoleAssignment
from matricula.lms.clients.api import Client
from tests import given
from tests.cli.typing_in import matricula

pytestmark = pytest.mark.django_db

CREATE = ("client", "create", "Registrar", "--role", "write")


def test_a_client_is_made_and_its_secret_told_once() -> None:
    given.school()
    typed = matricula(*CREATE, "--role", "read", "--organization", "RiverU", "--json")
    client = Client.objects.get()
    secret = typed.json["client_secret"]
    assert (typed.status, typed.err) == (0, "")
    assert typed.json == {
        "name": "Registrar",
        "username": "client-registrar",
        "client_id": client.client_id,
        "client_secret": secret,
    }
    assert check_password(secret, client.client_secret)
    assert not client.is_trusted
    held = RoleAssignment.objects.order_by("role")
    assert [(each.role, each.organization) for each in held] == [
        ("read", given.school()),
        ("write", given.school()),
    ]
    assert (
        secret not in matricula("client", "list").out + matricula("client", "list", "--json").out
    )


def test_it_is_told_in_words_too() -> None:
    typed = matricula(*CREATE, "--trusted")
    client = Client.objects.get()
    assert typed.out.startswith("Client Registrar acts as account client-registrar.\n")
    assert f"client id:     {client.client_id}\n" in typed.out
    assert check_password(typed.out.split()[-1], client.client_secret)
    assert client.is_trusted
    assert RoleAssignment.objects.get().organization is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("client", "create", "Registrar"), 2),
        (("client", "create", "--role", "write"), 2),
        (("client", "create", "---", "--role", "write"), 2),
        (("client", "create", "Registrar", "--role", "emperor"), 2),
        ((*CREATE, "--organization", "Nowhere"), 1),
        (("client", "delete", "Nobody"), 1),
        (("client", "renew", "Nobody"), 1),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is(words: tuple[str, ...], status: int) -> None:
    typed = matricula(*words)
    assert (typed.status, typed.out) == (status, "")
    assert typed.err
    assert not Client.objects.exists()


def test_a_name_that_is_taken_is_one() -> None:
    matricula(*CREATE)
    typed = matricula(*CREATE)
    assert (typed.status, typed.err) == (1, "matricula: There is a client 'Registrar' already.\n")


def test_clients_are_listed_with_what_they_may_do() -> None:
    given.school()
    matricula(*CREATE, "--organization", "RiverU")
    matricula("client", "create", "Support tool", "--role", "support", "--trusted")
    told = matricula("client", "list").out
    assert "write RiverU" in told
    assert "support everywhere" in told
    first, second = matricula("client", "list", "--json").json["clients"]
    assert (first["name"], first["is_trusted"]) == ("Registrar", False)
    assert first["roles"] == [{"role": "write", "organization": "RiverU"}]
    assert (second["name"], second["is_trusted"]) == ("Support tool", True)
    assert second["roles"] == [{"role": "support", "organization": None}]


def test_a_secret_is_renewed() -> None:
    old = matricula(*CREATE, "--json").json["client_secret"]
    new = matricula("client", "renew", "registrar", "--json").json["client_secret"]
    stored = Client.objects.get().client_secret
    assert check_password(new, stored)
    assert not check_password(old, stored)


def test_a_client_is_deleted() -> None:
    matricula(*CREATE)
    typed = matricula("client", "delete", "Registrar")
    assert (typed.status, typed.out) == (0, "Client Registrar is deleted.\n")
    assert not Client.objects.exists()
    matricula(*CREATE)
    assert matricula("client", "delete", "Registrar", "--json").json == {"deleted": "Registrar"}


def test_a_trusted_client_may_sign_people_in() -> None:
    there, then = "https://registrar.example.org/done", "https://other.example.org/done"
    assert matricula(*CREATE, "--trusted", "--redirect-uri", there).status == 0
    assert there in matricula("client", "list").out
    changed = matricula("client", "redirect", "Registrar", "--redirect-uri", then, "--json")
    assert changed.json == {"name": "Registrar", "redirect_uris": [then]}
    assert matricula("client", "list", "--json").json["clients"][0]["redirect_uris"] == [then]
    assert "no place" in matricula("client", "redirect", "Registrar").out
    assert matricula("client", "create", "Other", "--role", "read", "--redirect-uri", there).status
