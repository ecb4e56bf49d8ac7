"""``matricula keys``: what tokens are signed with."""

from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.clients.api import (
    KEYS_KEPT_SECONDS,
    SigningKey,
    list_signing_keys,
    revoke_signing_key,
    rotate_signing_keys,
)

app = typer.Typer(no_args_is_help=True, help="Look after the keys that tokens are signed with.")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the keys of all hosts whose tokens may still be good."""
    keys = list_signing_keys(by=operator(), at=now())
    if as_json:
        show_json(
            {
                "keys": [
                    {
                        "key_id": key.key_id,
                        "made_at": key.made_at,
                        "used_at": key.used_at,
                        "retired_at": key.retired_at,
                    }
                    for key in keys
                ]
            }
        )
        return
    show_table(
        ["key id", "made", "last seen", "state"],
        [
            (
                key.key_id,
                f"{key.made_at:%Y-%m-%d %H:%M}",
                f"{key.used_at:%Y-%m-%d %H:%M}",
                _say(key),
            )
            for key in keys
        ],
    )


@app.command("rotate")
def rotate(*, as_json: Json = False) -> None:
    """Make a new key for this host. What the old one has signed stays good until it expires."""
    key_id = rotate_signing_keys(by=operator(), at=now())
    if as_json:
        show_json({"key_id": key_id})
    else:
        say(f"Within {KEYS_KEPT_SECONDS} seconds this host signs with {key_id}.")


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id.")], *, as_json: Json = False
) -> None:
    """Void whatever a key has signed: for a key that somebody else may have."""
    revoke_signing_key(key_id=key_id, by=operator(), at=now())
    if as_json:
        show_json({"revoked": key_id})
    else:
        say(f"Within {KEYS_KEPT_SECONDS} seconds what {key_id} has signed is void everywhere.")


def _say(key: SigningKey) -> str:
    return "signs" if key.retired_at is None else "retired"
