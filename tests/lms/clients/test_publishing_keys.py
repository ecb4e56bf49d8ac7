"""Signing keys: of every host, rotated and revoked."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE

import jwt
import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.clients.api import (
    BadToken,
    SigningKey,
    UnknownSigningKey,
    forget_kept_keys,
    forget_signing_keys,
    list_public_keys,
    list_signing_keys,
    make_signing_key,
    read_token,
    revoke_signing_key,
    rotate_signing_keys,
    sign_token,
)
from matricula.lms.clients.keeping_keys import list_own_keys
from matricula.lms.clients.publishing_keys import UNUSED_FOR
from tests import given
from tests.given import OPERATOR
from tests.lms.clients.forging import on_host
from tests.races.running import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    with on_host(tmp_path / "home", monkeypatch):
        yield


def now() -> datetime:
    return datetime.now(UTC)


def a_token(at: datetime | None = None) -> str:
    account = given.account(f"mira-{SigningKey.objects.count()}-{datetime.now(UTC):%f}")
    return sign_token(account=account, at=at or now()).text


def key_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def is_believed(token: str) -> bool:
    forget_kept_keys()
    try:
        read_token(token)
    except BadToken:
        return False
    return True


def published(at: datetime | None = None) -> list[str]:
    return [key["kid"] for key in list_public_keys(at=at or now())]


def test_the_first_token_makes_a_key_and_publishes_it(tmp_path: Path) -> None:
    token = a_token()
    assert published() == [key_of(token)]
    [key] = list_public_keys(at=now())
    assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}
    assert (key["alg"], key["kty"], key["use"]) == ("RS512", "RSA", "sig")


def test_its_file_is_closed_to_others(tmp_path: Path) -> None:
    a_token()
    folder = tmp_path / "home" / "secrets" / "signing_keys"
    [path] = folder.iterdir()
    assert [S_IMODE(each.stat().st_mode) for each in (path, folder, folder.parent)] == [
        0o600,
        0o700,
        0o700,
    ]


def test_a_process_that_begins_signs_with_the_key_that_is_there() -> None:
    first = key_of(a_token())
    forget_kept_keys()
    assert key_of(a_token()) == first


def test_two_hosts_believe_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = a_token()
    with on_host(tmp_path / "elsewhere", monkeypatch):
        there = a_token()
        assert is_believed(here)
    assert key_of(here) != key_of(there)
    assert is_believed(there)
    assert set(published()) == {key_of(here), key_of(there)}


def test_a_host_publishes_its_key_in_another_database_too() -> None:
    token = a_token()
    SigningKey.objects.all().delete()
    assert is_believed(token)
    assert published() == [key_of(token)]


def test_a_rotated_key_is_believed_as_long_as_its_tokens_are_good() -> None:
    token = a_token()
    made = rotate_signing_keys(by=OPERATOR, at=now())
    forget_kept_keys()
    assert key_of(a_token()) == made != key_of(token)
    assert is_believed(token)
    assert published() == [made, key_of(token)]
    assert [pair.key_id for pair in list_own_keys()] == [made]
    last = now() + timedelta(hours=1, seconds=60)
    assert published(last) == [made, key_of(token)]
    assert published(last + timedelta(minutes=1)) == [made]


def test_a_retired_key_signs_nothing_even_if_its_file_is_still_there() -> None:
    first = key_of(a_token())
    SigningKey.objects.update(retired_at=now())
    forget_kept_keys()
    assert key_of(a_token()) != first


def test_rotating_leaves_the_keys_of_other_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_host(tmp_path / "elsewhere", monkeypatch):
        there = key_of(a_token())
    rotate_signing_keys(by=OPERATOR, at=now())
    with on_host(tmp_path / "elsewhere", monkeypatch):
        assert key_of(a_token()) == there


def test_whatever_a_revoked_key_has_signed_is_void() -> None:
    token = a_token()
    revoke_signing_key(key_id=key_of(token), by=OPERATOR, at=now())
    assert not is_believed(token)
    assert published() == []
    other = a_token()
    assert key_of(other) != key_of(token)
    assert is_believed(other)


def test_a_host_whose_key_was_revoked_elsewhere_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_host(tmp_path / "elsewhere", monkeypatch):
        stolen = key_of(a_token())
    revoke_signing_key(key_id=stolen, by=OPERATOR, at=now())
    with on_host(tmp_path / "elsewhere", monkeypatch):
        assert key_of(a_token()) != stolen
        assert stolen not in published()


def test_a_process_may_go_on_with_keys_it_has_read_for_a_minute_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = a_token()
    read_token(token)
    SigningKey.objects.update(revoked_at=now())
    read_token(token)
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(BadToken):
        read_token(token)


def test_an_unknown_key_cannot_be_revoked() -> None:
    with pytest.raises(UnknownSigningKey):
        revoke_signing_key(key_id="none", by=OPERATOR, at=now())


def test_keys_are_for_those_who_may_manage_them() -> None:
    by = given.holder_of("support", school_key=None)
    for act in (
        lambda: rotate_signing_keys(by=by, at=now()),
        lambda: revoke_signing_key(key_id="any", by=by, at=now()),
        lambda: list_signing_keys(by=by, at=now()),
    ):
        with pytest.raises(PermissionMissing):
            act()
    assert list_own_keys() == []


def test_the_key_of_a_host_that_is_gone_is_forgotten_and_a_revoked_one_stays_revoked() -> None:
    gone, stolen = key_of(a_token()), rotate_signing_keys(by=OPERATOR, at=now())
    revoke_signing_key(key_id=stolen, by=OPERATOR, at=now())
    assert forget_signing_keys(at=now()) == 0
    later = now() + UNUSED_FOR + timedelta(seconds=1)
    assert forget_signing_keys(at=later) == 1
    assert [key.key_id for key in SigningKey.objects.all()] == [stolen]
    assert gone not in published()


def test_a_host_that_was_silent_for_long_is_believed_again_at_once() -> None:
    key_id = key_of(a_token())
    SigningKey.objects.update(used_at=now() - 2 * UNUSED_FOR)
    forget_kept_keys()
    token = a_token()
    assert key_of(token) == key_id
    assert is_believed(token)


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", None], ids=["empty", "rubbish", "other sort"]
)
def test_a_file_that_holds_no_key_is_left_and_another_is_made(
    tmp_path: Path, content: bytes | None
) -> None:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415  for one case
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415  for one case

    if content is None:
        content = ed25519.Ed25519PrivateKey.generate().private_bytes(
            form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
        )
    a_token()
    [path] = (tmp_path / "home" / "secrets" / "signing_keys").iterdir()
    path.write_bytes(content)
    broken = path.rename(path.with_name("2999" + path.name[4:]))
    forget_kept_keys()
    assert is_believed(a_token())
    assert broken.exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_make_the_first_key_at_once_both_sign() -> None:
    at = now()
    made = at_once(*(lambda: make_signing_key(at=at) for _ in range(4)))
    assert len({pair.key_id for pair in made}) == 4
    assert set(published()) == {pair.key_id for pair in made}
    forget_kept_keys()
    assert key_of(a_token()) in published()
