"""Reading a provider's metadata: who it is, where it is asked, and how it signs."""

from base64 import b64decode, b64encode
from binascii import Error
from datetime import datetime
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from matricula.lms.kernel.api import Invalid, quote
from matricula.lms.sign_on.registering import is_safe_address
from matricula.lms.sign_on.saml.answers import MalformedAnswer
from matricula.lms.sign_on.saml.reading_answers import parse_time
from matricula.lms.sign_on.saml.unpacking import require_plain

MOST_BYTES = 2**20
"""One school's metadata is a hundredth of that; a federation's is not for here."""
MOST_CERTIFICATES = 10
KEY_BITS = 2048

METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
SAML_2 = "urn:oasis:names:tc:SAML:2.0:protocol"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


class InvalidMetadata(Invalid):
    """It is no metadata of one provider that could be used; the message says why."""

    code = "invalid-metadata"


class Metadata(msgspec.Struct, frozen=True):
    """What is kept of a provider's metadata.

    ``certificates`` are the signing ones, in base64: several while it goes over from one to the
    next. ``source`` is the address it came from, if it had one. ``takes_unasked`` is the
    operator's word, not the provider's.
    """

    sso_url: str
    certificates: tuple[str, ...]
    source: str = ""
    takes_unasked: bool = False


class ReadMetadata(msgspec.Struct, frozen=True):
    """What metadata says, before it is kept."""

    entity_id: str
    sso_url: str
    certificates: tuple[str, ...]
    name_ids: tuple[str, ...]


def read_metadata(document: bytes, *, at: datetime) -> ReadMetadata:
    """Return what a provider's metadata says.

    Its own signature is not asked for: what makes it believable is where the operator has it from.

    Raises:
        InvalidMetadata: it cannot be used.
    """
    if len(document) > MOST_BYTES:
        raise InvalidMetadata(f"The metadata has more than {MOST_BYTES} bytes.")
    entity = _choose_entity(_parse(document))
    entity_id = entity.get("entityID", "").strip()
    if not entity_id:
        raise InvalidMetadata("The metadata does not say who it is of: it has no entityID.")
    _require_current(entity, at=at)
    provider = next(
        each
        for each in entity.findall(f"{METADATA}IDPSSODescriptor")
        if SAML_2 in each.get("protocolSupportEnumeration", "").split()
    )
    return ReadMetadata(
        entity_id=entity_id,
        sso_url=_find_sso_url(provider),
        certificates=_read_certificates(provider),
        name_ids=tuple(
            (each.text or "").strip() for each in provider.findall(f"{METADATA}NameIDFormat")
        ),
    )


Element = Any  # lxml has no types


def _parse(document: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(require_plain(document).encode(), parser)
    except MalformedAnswer as error:
        raise InvalidMetadata(f"The metadata is not taken: {error.fault}.") from error
    except (etree.LxmlError, ValueError) as error:
        raise InvalidMetadata("The metadata is no XML that could be read.") from error


def _choose_entity(root: Element) -> Element:
    entities = [
        each
        for each in root.iter(f"{METADATA}EntityDescriptor")
        if any(
            SAML_2 in role.get("protocolSupportEnumeration", "").split()
            for role in each.findall(f"{METADATA}IDPSSODescriptor")
        )
    ]
    if len(entities) != 1:
        message = (
            f"The metadata must be of one SAML 2.0 identity provider, not of {len(entities)}."
        )
        raise InvalidMetadata(message)
    return entities[0]


def _require_current(entity: Element, *, at: datetime) -> None:
    until = entity.get("validUntil")
    try:
        is_over = until is not None and parse_time(until) <= at
    except MalformedAnswer as error:
        raise InvalidMetadata("The metadata's validUntil is no moment.") from error
    if is_over:
        raise InvalidMetadata(f"The metadata was valid until {until}: fetch it again.")


def _find_sso_url(provider: Element) -> str:
    for each in provider.findall(f"{METADATA}SingleSignOnService"):
        url = each.get("Location", "").strip()
        if each.get("Binding") == REDIRECT and is_safe_address(url):
            return str(url)
    message = "The metadata names no https address to send people to by redirect (HTTP-Redirect)."
    raise InvalidMetadata(message)


def _read_certificates(provider: Element) -> tuple[str, ...]:
    texts = [
        "".join((each.text or "").split())
        for key in provider.findall(f"{METADATA}KeyDescriptor")
        if key.get("use", "signing") == "signing"
        for each in key.iter(f"{SIGNATURE}X509Certificate")
    ]
    found = tuple(dict.fromkeys(_read_certificate(text) for text in texts))
    if not 0 < len(found) <= MOST_CERTIFICATES:
        message = f"The metadata must have 1 to {MOST_CERTIFICATES} certificates for signing."
        raise InvalidMetadata(message)
    return found


def _read_certificate(text: str) -> str:
    """Return a certificate as it is kept.

    Its dates are not asked for: what makes it good is that the school's metadata names it.
    """
    try:
        certificate = x509.load_der_x509_certificate(b64decode(text, validate=True))
        key = certificate.public_key()
    except (Error, ValueError) as error:
        raise InvalidMetadata(f"The metadata has no certificate in {quote(text)}.") from error
    if isinstance(key, RSAPublicKey):
        if key.key_size < KEY_BITS:
            raise InvalidMetadata(
                f"The provider signs with {key.key_size} bits; {KEY_BITS} is the least."
            )
    elif not isinstance(key, EllipticCurvePublicKey):
        raise InvalidMetadata("The provider signs by something else than RSA or elliptic curves.")
    return b64encode(certificate.public_bytes(Encoding.DER)).decode()
