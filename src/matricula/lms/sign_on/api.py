"""The door of sign-on."""

from matricula.lms.sign_on.erasing import erase_sign_ons, hold_assertions, list_subjects
from matricula.lms.sign_on.joining import JoinedProvider, list_joined
from matricula.lms.sign_on.leaving import LastWayIn, NotJoined, OnlyOwnWays, leave_provider
from matricula.lms.sign_on.migrating_keys import (
    map_keys_of_subjects,
    migrate_keys,
    plan_key_migration,
)
from matricula.lms.sign_on.models import OnChangedKey, Protocol
from matricula.lms.sign_on.moving import move_sign_ons
from matricula.lms.sign_on.openid import callback_address
from matricula.lms.sign_on.proving_again import has_proven_recently, require_recent_proof
from matricula.lms.sign_on.reading import (
    Door,
    ProviderOutline,
    UnknownProvider,
    get_outline,
    list_doors,
    list_providers,
)
from matricula.lms.sign_on.registering import (
    InvalidProvider,
    ProviderDraft,
    ProviderInUse,
    SlugTaken,
    add_provider,
    change_provider,
    remove_provider,
    set_test_mode,
    switch_provider,
)
from matricula.lms.sign_on.saml.addressing import OurSamlAddresses, give_saml_addresses
from matricula.lms.sign_on.saml.fetching_metadata import (
    MetadataUnavailable,
    UnsafeAddress,
    fetch_metadata,
)
from matricula.lms.sign_on.saml.reading_metadata import InvalidMetadata
from matricula.lms.sign_on.saml.registering import (
    NoMetadataAddress,
    NoSamlProvider,
    Refreshed,
    add_saml_provider,
    refresh_saml_metadata,
)

__all__ = [
    "Door",
    "InvalidMetadata",
    "InvalidProvider",
    "JoinedProvider",
    "LastWayIn",
    "MetadataUnavailable",
    "NoMetadataAddress",
    "NoSamlProvider",
    "NotJoined",
    "OnChangedKey",
    "OnlyOwnWays",
    "OurSamlAddresses",
    "Protocol",
    "ProviderDraft",
    "ProviderInUse",
    "ProviderOutline",
    "Refreshed",
    "SlugTaken",
    "UnknownProvider",
    "UnsafeAddress",
    "add_provider",
    "add_saml_provider",
    "callback_address",
    "change_provider",
    "erase_sign_ons",
    "fetch_metadata",
    "get_outline",
    "give_saml_addresses",
    "has_proven_recently",
    "hold_assertions",
    "leave_provider",
    "list_doors",
    "list_joined",
    "list_providers",
    "list_subjects",
    "map_keys_of_subjects",
    "migrate_keys",
    "move_sign_ons",
    "plan_key_migration",
    "refresh_saml_metadata",
    "remove_provider",
    "require_recent_proof",
    "set_test_mode",
    "switch_provider",
]
