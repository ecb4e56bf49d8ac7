"""The door of identities."""

from matricula.lms.identities.addressing import (
    find_address,
    list_retired_addresses,
    map_accounts_of_addresses,
)
from matricula.lms.identities.binding import (
    AccountRetired,
    Binding,
    Claim,
    Outcome,
    ReasonMissing,
    RepeatedName,
    Unprovable,
    bind_identities,
    bind_identity,
    require_reason,
)
from matricula.lms.identities.conflicts import (
    ConflictSides,
    UnknownConflict,
    erase_from_resolutions,
    get_conflict,
    list_conflicts,
)
from matricula.lms.identities.finding import get_identity, list_identity_ids
from matricula.lms.identities.linking import (
    Holder,
    HolderChanged,
    NotBound,
    NotMovable,
    rebind_identity,
    resolve_conflict,
    unbind_identity,
)
from matricula.lms.identities.linking_many import LinkOutcome, link_student_keys
from matricula.lms.identities.mentioning import (
    as_student_keys,
    mention_account_identities,
    mention_identities,
)
from matricula.lms.identities.merging import MovedIdentities, move_identities
from matricula.lms.identities.models import BindingConflict, Identity, Kind, Via
from matricula.lms.identities.naming import (
    IdentityName,
    InvalidName,
    UnknownIdentity,
    account_itself,
    email_address,
    student_key,
)
from matricula.lms.identities.rekeying import (
    Rekeyed,
    Rekeying,
    RekeyVerdict,
    plan_rekeying,
    rekey_students,
)
from matricula.lms.identities.releasing import find_bound_id, release_identity
from matricula.lms.identities.retiring import RetiredNames, hash_name, retire_identities

__all__ = [
    "AccountRetired",
    "Binding",
    "BindingConflict",
    "Claim",
    "ConflictSides",
    "Holder",
    "HolderChanged",
    "Identity",
    "IdentityName",
    "InvalidName",
    "Kind",
    "LinkOutcome",
    "MovedIdentities",
    "NotBound",
    "NotMovable",
    "Outcome",
    "ReasonMissing",
    "RekeyVerdict",
    "Rekeyed",
    "Rekeying",
    "RepeatedName",
    "RetiredNames",
    "UnknownConflict",
    "UnknownIdentity",
    "Unprovable",
    "Via",
    "account_itself",
    "as_student_keys",
    "bind_identities",
    "bind_identity",
    "email_address",
    "erase_from_resolutions",
    "find_address",
    "find_bound_id",
    "get_conflict",
    "get_identity",
    "hash_name",
    "link_student_keys",
    "list_conflicts",
    "list_identity_ids",
    "list_retired_addresses",
    "map_accounts_of_addresses",
    "mention_account_identities",
    "mention_identities",
    "move_identities",
    "plan_rekeying",
    "rebind_identity",
    "rekey_students",
    "release_identity",
    "require_reason",
    "resolve_conflict",
    "retire_identities",
    "student_key",
    "unbind_identity",
]
