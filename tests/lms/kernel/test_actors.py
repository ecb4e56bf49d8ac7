"""The name of an actor is what the ledger keeps."""

from matricula.lms.kernel.api import Actor, ActorKind


def test_an_actor_is_named_by_kind_and_key() -> None:
    assert Actor(kind=ActorKind.ACCOUNT, key="17", channel="rest").name == "account:17"
