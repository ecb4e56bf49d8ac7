import jwt
import pytest
from rest_framework.test import APIClient

from matricula.lms.clients.api import NewClient, create_client
from tests import given
from tests.calling import calling_anonymously

pytestmark = pytest.mark.django_db

TOKEN = "/oauth2/access_token"


def a_client(*roles: str) -> NewClient:
    return create_client(
        name="Registrar",
        roles=roles or ["write"],
        organization_id=given.school().pk,
        by=given.OPERATOR,
        at=given.NOW,
    )


def ask_for_token(client: NewClient, **more: str) -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "token_type": "jwt",
        **more,
    }
    answer = calling_anonymously().post(TOKEN, form, format="multipart")
    assert answer.status_code == 200, answer.content
    told: dict[str, str] = answer.json()
    return told


def test_a_client_gets_a_token_that_our_published_keys_have_signed() -> None:
    client = a_client()

    told = ask_for_token(client)

    keys = jwt.PyJWKSet.from_dict(APIClient().get("/oauth2/jwks").json())
    key = keys[jwt.get_unverified_header(told["access_token"])["kid"]]
    claims = jwt.decode(told["access_token"], key.key, ["RS512"], audience="matricula")
    assert claims["preferred_username"] == client.username
    assert (told["token_type"], told["expires_in"]) == ("JWT", 3600)
    assert told["scope"]
