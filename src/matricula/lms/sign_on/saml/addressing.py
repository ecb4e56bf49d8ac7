"""Who we are to a provider: our addresses and our metadata; and who it is to the library."""

from xml.sax.saxutils import quoteattr

import msgspec
from django.conf import settings
from django.urls import reverse
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from matricula.lms.sign_on.models import Protocol, Provider
from matricula.lms.sign_on.saml.reading_metadata import Metadata


class OurSamlAddresses(msgspec.Struct, frozen=True):
    """What a school's administrators enter at their provider, unless they load our metadata."""

    entity_id: str
    acs_url: str
    metadata_url: str


def give_saml_addresses(*, slug: str) -> OurSamlAddresses:
    """Return our addresses for one provider; they come from LMS_URL, never from a request."""
    metadata_url = _address("sign_on_metadata", slug)
    return OurSamlAddresses(metadata_url, _address("sign_on_acs", slug), metadata_url)


def write_metadata(*, provider: Provider) -> str:
    """Return our metadata, as XML, for the provider to load once: it does not run out."""
    return str(as_settings(provider, for_metadata=True).get_sp_metadata())


def as_settings(provider: Provider, *, for_metadata: bool = False) -> OneLogin_Saml2_Settings:
    """Return a provider as the library wants it told.

    In metadata we ask for signed assertions. A signed response is taken as well: either signature
    covers the assertion, one must be there, and nothing else is read (ADR 0021).
    """
    ours, theirs = give_saml_addresses(slug=provider.slug), read_stored(provider)
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "debug": False,
            "sp": {
                "entityId": ours.entity_id,
                "assertionConsumerService": {
                    "url": ours.acs_url,
                    "binding": OneLogin_Saml2_Constants.BINDING_HTTP_POST,
                },
            },
            "idp": {
                "entityId": provider.issuer,
                # The library puts it into XML as it stands.
                "singleSignOnService": {"url": quoteattr(theirs.sso_url)[1:-1]},
                "x509certMulti": {"signing": list(theirs.certificates)},
            },
            "security": {
                "wantAssertionsSigned": for_metadata,
                "metadataValidUntil": "",
                "metadataCacheDuration": "",
                "allowRepeatAttributeName": True,
                "allowSingleLabelDomains": True,
                "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": False,
                "wantAttributeStatement": False,
                "wantNameId": False,
            },
        }
    )


def read_stored(provider: Provider) -> Metadata:
    """Return what is kept of a SAML provider's metadata."""
    return msgspec.convert(provider.metadata, Metadata)


def find_saml_provider(*, slug: str) -> Provider | None:
    """Return the provider of that slug, if it speaks SAML."""
    return Provider.objects.filter(slug=slug, protocol=Protocol.SAML).first()


def _address(name: str, slug: str) -> str:
    return f"{settings.LMS_URL}{reverse(name, args=[slug])}"
