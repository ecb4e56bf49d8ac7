"""Checking a provider's answer: what it says, for whom, and for how long; and who signed it.

The library verifies the signature and much besides. It lets pass what SAML leaves open, such as an
answer that names no audience; what is asked here leaves nothing open, and is asked first.
"""

from base64 import b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response

from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import (
    OurSamlAddresses,
    as_settings,
    give_saml_addresses,
)
from matricula.lms.sign_on.saml.answers import (
    MalformedAnswer,
    MisdirectedAnswer,
    MistimedAnswer,
    SchoolAnswer,
    SignOnDenied,
    UnprovenAnswer,
)
from matricula.lms.sign_on.saml.guarding import (
    ASSERTION,
    PROTOCOL,
    Element,
    is_signed,
    require_shape,
)
from matricula.lms.sign_on.saml.reading_answers import parse_time, read_answer, text_of
from matricula.lms.sign_on.saml.unpacking import unpack_answer

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def check_answer(*, provider: Provider, encoded: str, at: datetime) -> SchoolAnswer:
    """Return what a provider has proven to say, in ``SAMLResponse`` as the browser brings it.

    Whether anybody asked, and whether it was used before, is for the caller to find out.

    Raises:
        MalformedAnswer, MisdirectedAnswer, MistimedAnswer, UnprovenAnswer: it is not taken.
        SignOnDenied: the provider said no.
    """
    response = _parse(provider, unpack_answer(encoded))
    document = response.document
    _require_yes(document)
    assertion = require_shape(document)
    ours = give_saml_addresses(slug=provider.slug)
    _require_from(provider, document, assertion)
    _require_for(ours, document, assertion)
    _require_in_time(assertion, at=at)
    confirmation = _choose_confirmation(ours, document, assertion, at=at)
    _require_proven(response, ours)
    return read_answer(assertion, confirmation)


def _parse(provider: Provider, text: str) -> OneLogin_Saml2_Response:
    try:
        packed = b64encode(text.encode()).decode()
        return OneLogin_Saml2_Response(as_settings(provider), packed)
    except (etree.LxmlError, ValueError, OneLogin_Saml2_Error) as error:
        raise MalformedAnswer("no XML") from error


def _require_yes(document: Element) -> None:
    code = document.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    if code is None:
        raise MalformedAnswer("no status")
    if code.get("Value") != SUCCESS:
        raise SignOnDenied("another status")


def _require_from(provider: Provider, document: Element, assertion: Element) -> None:
    issuers = [text_of(each) for each in document.findall(f"{ASSERTION}Issuer")]
    if [text_of(each) for each in assertion.findall(f"{ASSERTION}Issuer")] != [provider.issuer]:
        raise MisdirectedAnswer("another issuer")
    if issuers not in ([], [provider.issuer]):
        raise MisdirectedAnswer("another issuer")


def _require_for(ours: OurSamlAddresses, document: Element, assertion: Element) -> None:
    destination = document.get("Destination")
    if destination != ours.acs_url and (destination is not None or is_signed(document)):
        raise MisdirectedAnswer("another destination")
    restrictions = assertion.findall(f"{ASSERTION}Conditions/{ASSERTION}AudienceRestriction")
    if not restrictions:
        raise MisdirectedAnswer("no audience")
    for restriction in restrictions:
        audiences = {text_of(each) for each in restriction.findall(f"{ASSERTION}Audience")}
        if ours.entity_id not in audiences:
            raise MisdirectedAnswer("another audience")


def _require_in_time(assertion: Element, *, at: datetime) -> None:
    conditions = assertion.findall(f"{ASSERTION}Conditions")
    if len(conditions) != 1:
        raise MalformedAnswer("not one set of conditions")
    _require_between(conditions[0], at=at)


def _choose_confirmation(
    ours: OurSamlAddresses, document: Element, assertion: Element, *, at: datetime
) -> Element:
    """Return the confirmation by which whoever brings the assertion is its subject.

    It is what says for whom, for how long and to which request, under the assertion's signature:
    the response's own words may be signed by nobody.
    """
    found = [
        data
        for each in assertion.findall(f"{ASSERTION}Subject/{ASSERTION}SubjectConfirmation")
        for data in each.findall(f"{ASSERTION}SubjectConfirmationData")
        if each.get("Method") == BEARER
    ]
    meant = [each for each in found if each.get("Recipient") == ours.acs_url]
    if not meant:
        raise MisdirectedAnswer("another recipient")
    confirmation = meant[0]
    if confirmation.get("NotOnOrAfter") is None:
        raise MistimedAnswer("for ever")
    _require_between(confirmation, at=at)
    if confirmation.get("InResponseTo") != document.get("InResponseTo"):
        raise MisdirectedAnswer("another request")
    return confirmation


def _require_between(element: Element, *, at: datetime) -> None:
    skew = timedelta(seconds=settings.SAML_CLOCK_SKEW)
    before, after = element.get("NotBefore"), element.get("NotOnOrAfter")
    if before is not None and parse_time(before) > at + skew:
        raise MistimedAnswer("not yet")
    if after is not None and parse_time(after) <= at - skew:
        raise MistimedAnswer("no longer")


def _require_proven(response: OneLogin_Saml2_Response, ours: OurSamlAddresses) -> None:
    parts = urlsplit(ours.acs_url)
    where = {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": "",
        "path_info": parts.path,
    }
    try:
        response.is_valid(where, raise_exceptions=True)
    except OneLogin_Saml2_ValidationError as error:
        raise UnprovenAnswer(f"library code {error.code}") from error
    except Exception as error:  # whatever it stumbles over, it has not said yes
        raise UnprovenAnswer(type(error).__name__) from error
