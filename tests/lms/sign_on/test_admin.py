import pytest
from django.test import Client

from matricula.lms.accounts.api import Account
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.sealing import unseal
from tests import given
from tests.signing_on import provider

pytestmark = pytest.mark.django_db

FORM = {
    "slug": "riveru",
    "title": "River University",
    "protocol": "oidc",
    "issuer": "https://id.river.example.edu",
    "client_id": "matricula",
    "client_secret": "a secret",
    "key_claim": "student_id",
    "trusted_domains": "",
    "on_changed_key": "refuse",
    "is_on": "on",
}


def engineer(*, is_staff: bool = True, role: str = "sign-on") -> Client:
    account = given.account("engineer")
    Account.objects.update(is_staff=is_staff)
    if role:
        given.with_role(role, account, school_key=None)
    client = Client()
    client.force_login(Account.objects.get())
    return client


def test_an_engineer_registers_a_provider() -> None:
    form = {**FORM, "organization": str(given.school().pk)}

    answer = engineer().post("/admin/sign_on/provider/add/", form)

    assert answer.status_code == 302, answer.content.decode()
    made = Provider.objects.get()
    assert (made.slug, made.is_on, unseal(made.sealed_secret)) == ("riveru", True, "a secret")


def test_a_provider_is_changed_and_switched_off_and_its_secret_kept_and_never_shown() -> None:
    made = provider()
    client = engineer()
    address = f"/admin/sign_on/provider/{made.pk}/change/"
    form = {**FORM, "title": "Another title", "client_secret": "", "is_on": ""}

    page = client.get(address).content.decode()
    answer = client.post(address, form)

    assert "a secret" not in page
    assert made.sealed_secret not in page
    assert "/sign-on/riveru/callback/" in page
    assert answer.status_code == 302, answer.content.decode()
    made.refresh_from_db()
    assert (made.title, made.is_on) == ("Another title", False)
    assert unseal(made.sealed_secret) == "a secret"


@pytest.mark.parametrize(
    ("field", "said", "words"),
    [
        ("issuer", "http://id.example.edu", "The issuer must be an https address"),
        ("slug", "River U", "small letters and digits"),
        ("client_id", " ", "Say the client id"),
    ],
)
def test_what_the_operation_refuses_is_said_in_the_form(field: str, said: str, words: str) -> None:
    form = {**FORM, "organization": str(given.school().pk), field: said}

    answer = engineer().post("/admin/sign_on/provider/add/", form)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "onstraint" not in answer.content.decode()
    assert not Provider.objects.exists()


def test_an_unused_provider_is_deleted() -> None:
    made = provider()

    answer = engineer().post(f"/admin/sign_on/provider/{made.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Provider.objects.exists()


@pytest.mark.parametrize("role", ["", "support", "write"])
def test_staff_without_the_permission_see_no_providers(role: str) -> None:
    answer = engineer(role=role).get("/admin/sign_on/provider/", follow=True)

    assert answer.status_code == 403


def test_who_is_not_staff_is_kept_out() -> None:
    answer = engineer(is_staff=False).get("/admin/sign_on/provider/", follow=True)

    assert answer.status_code == 403


def test_staff_sign_in_where_everybody_does() -> None:
    answer = Client().get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/login?next=")


def test_passwords_are_changed_where_tries_are_counted() -> None:
    answer = engineer().get("/admin/password_change/")
    assert answer["Location"] == "/account/password"
