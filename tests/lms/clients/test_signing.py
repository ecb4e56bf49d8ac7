"""Tokens: what they say, and which are believed."""

import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from jwt.utils import base64url_encode

from matricula.lms.accounts.api import Account
from matricula.lms.clients import signing
from matricula.lms.clients.api import BadToken, create_client, read_token, sign_token
from matricula.lms.clients.keeping_keys import list_own_keys
from tests import given
from tests.lms.clients.forging import claims_of, signed
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def encoded(text: str) -> str:
    return base64url_encode(text.encode()).decode()


def decoded(token: str) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


def test_a_token_says_whose_it_is() -> None:
    mira = given.account("mira")
    token = sign_token(account=mira, at=now())
    assert read_token(token.text).account_uuid == mira.uuid
    assert token.lifetime_seconds == 3600


def test_its_claims_are_those_that_other_services_read() -> None:
    mira = given.account("mira")
    said = decoded(sign_token(account=mira, at=now(), scopes=("read",)).text)
    assert said.pop("jti")
    issued = said.pop("iat")
    assert issued == pytest.approx(time.time(), abs=5)
    assert said == {
        "iss": settings.LMS_URL,
        "aud": settings.TOKEN_AUDIENCE,
        "exp": issued + 3600,
        "sub": str(mira.uuid),
        "version": "1.2.0",
        "user_id": mira.pk,
        "preferred_username": "mira",
        "email": "mira@example.org",
        "email_verified": False,
        "name": "",
        "administrator": False,
        "roles": [],
        "scopes": ["read"],
    }


def test_its_header_names_a_key_of_this_host() -> None:
    token = sign_token(account=given.account(), at=now())
    header = jwt.get_unverified_header(token.text)
    assert header["alg"] == "RS512"
    assert header["kid"] in [pair.key_id for pair in list_own_keys()]


@pytest.mark.parametrize(
    ("role", "school_key", "is_staff", "expected"),
    [
        ("support", None, False, True),
        ("support", "RiverU", False, False),
        ("write", None, False, False),
        ("read", "RiverU", True, True),
    ],
)
def test_administrators_are_staff_and_support_for_all_schools(
    *, role: str, school_key: str | None, is_staff: bool, expected: bool
) -> None:
    mira = given.account("mira")
    mira.is_staff = is_staff
    given.with_role(role, mira, school_key=school_key)
    assert decoded(sign_token(account=mira, at=now()).text)["administrator"] is expected


def test_a_client_is_named_in_its_token() -> None:
    made = create_client(
        name="Registrar", roles=[], organization_id=None, by=given.OPERATOR, at=given.NOW
    )
    account = Account.objects.get(username=made.username)
    token = sign_token(account=account, at=now())
    assert read_token(token.text).client_id == made.client_id


def test_the_longest_token_fits_into_a_cookie() -> None:
    widest = "\N{CJK UNIFIED IDEOGRAPH-5B66}"
    account = given.account("mira")
    account.username, account.email = widest * 150, f"{'e' * 242}@example.org"
    account.name = "\N{OLD PERSIAN SIGN A}" * 999
    payload, _, _ = sign_token(account=account, at=now()).text.rpartition(".")
    assert len(f"edx-jwt-cookie-header-payload={payload}") <= 4096


def test_reading_costs_no_query_once_the_keys_are_known() -> None:
    token = sign_token(account=given.account(), at=now()).text
    read_token(token)
    assert count_statements(lambda: read_token(token)) == 0


@pytest.mark.parametrize(("seconds", "is_good"), [(3605, True), (3615, False)])
def test_a_token_that_was_found_good_still_expires(
    *, seconds: int, is_good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign_token(account=given.account(), at=now()).text
    known = read_token(token)
    later = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: later)
    with nullcontext() if is_good else pytest.raises(BadToken, match="expired"):
        assert read_token(token) is known


def test_no_more_tokens_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "TOKENS_KEPT", 2)
    mira = given.account()
    for _ in range(5):
        read_token(sign_token(account=mira, at=now()).text)
        assert len(signing._kept.claims) <= 2


def test_clocks_may_be_a_little_apart() -> None:
    mira = given.account()
    late, early = now() - timedelta(seconds=3605), now() + timedelta(seconds=5)
    for at in (late, early):
        assert read_token(sign_token(account=mira, at=at).text).account_uuid == mira.uuid


def test_an_expired_one_is_refused_and_said_to_be() -> None:
    token = sign_token(account=given.account(), at=now() - timedelta(hours=2))
    with pytest.raises(BadToken, match="expired"):
        read_token(token.text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "somebody else"},
        {"aud": None},
        {"iss": "https://lms.example.net"},
        {"iss": None},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"iat": "lately"},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": "mira"},
        {"sub": 17},
        {"sub": ["mira"]},
    ],
    ids=str,
)
def test_one_that_is_not_for_us_is_refused(wrong: dict[str, Any]) -> None:
    mira = given.account()
    read_token(signed(claims_of(mira)))
    with pytest.raises(BadToken):
        read_token(signed(claims_of(mira, **wrong)))


@pytest.mark.parametrize("client_id", [17, ["x"], {"a": "b"}], ids=str)
def test_a_client_that_is_no_text_is_refused(client_id: object) -> None:
    with pytest.raises(BadToken):
        read_token(signed(claims_of(given.account(), client_id=client_id)))


def test_one_without_a_signature_is_refused() -> None:
    _, body, _ = signed(claims_of(given.account())).split(".")
    key_id = list_own_keys()[0].key_id
    for kid in ("", f',"kid":"{key_id}"'):
        with pytest.raises(BadToken):
            read_token(encoded(f'{{"alg":"none","typ":"JWT"{kid}}}') + f".{body}.")


def test_one_signed_with_the_public_key_as_a_password_is_refused() -> None:
    mira = given.account()
    good = signed(claims_of(mira))
    pair = list_own_keys()[0]
    public = pair.private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"%s"}' % pair.key_id.encode())
    body = head + b"." + good.split(".")[1].encode()
    forged = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body, public)
    with pytest.raises(BadToken):
        read_token((body + b"." + base64url_encode(forged)).decode())


def test_one_that_was_altered_is_refused() -> None:
    head, _, signature = signed(claims_of(given.account())).split(".")
    other = signed(claims_of(given.account("noah"))).split(".")[1]
    with pytest.raises(BadToken):
        read_token(f"{head}.{other}.{signature}")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "\xff.\xff.\xff",
        "e30.e30.",
        "W10.W10.W10",
        f"{encoded('[' * 3000)}.e30.e30",
        encoded('{"alg":"RS512","kid":17}') + ".e30.e30",
        "x" * 100_000,
    ],
)
def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        read_token(token)


def test_a_key_that_nobody_has_is_looked_for_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = signed(claims_of(given.account()), key_id="invented")
    monkeypatch.setattr(signing, "PAUSE_SECONDS", 60)

    def ask() -> None:
        with pytest.raises(BadToken):
            read_token(token)

    signing.forget_kept_keys()
    assert count_statements(ask) > 0
    assert count_statements(ask) == 0
