"""Reading what an assertion says; it is the caller who knows that a signature covers it."""

from datetime import UTC, datetime

from matricula.lms.kernel.api import fold
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.answers import (
    PERSISTENT,
    MalformedAnswer,
    NamelessAnswer,
    SchoolAnswer,
)
from matricula.lms.sign_on.saml.guarding import ASSERTION, Element

UID_LENGTH = 191
"""As long as a subject may be; a longer one is refused, never cut."""

# Names by which providers know what every person has; a school need not be asked for them.
MAIL = (
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "mail",
    "email",
)
FULL_NAME = (
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "displayName",
    "name",
)
GIVEN_NAME = (
    "urn:oid:2.5.4.42",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "givenName",
)
FAMILY_NAME = (
    "urn:oid:2.5.4.4",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "sn",
)


def read_answer(assertion: Element, confirmation: Element) -> SchoolAnswer:
    """Return what an assertion says, and until when it could be brought again.

    Raises:
        MalformedAnswer: something in it cannot be read.
    """
    name_id = assertion.find(f"{ASSERTION}Subject/{ASSERTION}NameID")
    return SchoolAnswer(
        assertion_id=assertion.get("ID"),
        expires_at=parse_time(confirmation.get("NotOnOrAfter")),
        request_id=confirmation.get("InResponseTo"),
        name_id="" if name_id is None else text_of(name_id),
        name_id_format="" if name_id is None else name_id.get("Format", ""),
        attributes=_read_attributes(assertion),
    )


def assert_from(answer: SchoolAnswer, *, provider: Provider) -> Asserted:
    """Return what an answer asserts of its person.

    SAML has no word for a proven address: in which domains a school is believed, its provider's
    row says.

    The subject is the persistent name by which the provider calls them, or, without one, the
    student key, as it is compared: a school that writes it in capitals one day means nobody else.

    Raises:
        NamelessAnswer: neither is there, or it is too long.
    """
    key = answer.find_value(provider.key_claim)
    persistent = answer.name_id if answer.name_id_format == PERSISTENT else ""
    subject = persistent or fold(key)
    if not 0 < len(subject) <= UID_LENGTH:
        raise NamelessAnswer("no subject" if not subject else "too long a subject")
    given, family = _find_first(answer, GIVEN_NAME), _find_first(answer, FAMILY_NAME)
    email = _find_first(answer, MAIL)
    return Asserted(
        subject=subject,
        student_key=key or None,
        name=_find_first(answer, FULL_NAME) or f"{given} {family}".strip(),
        username=email.partition("@")[0],
        email=email,
        email_is_proven=bool(email),
    )


def parse_time(text: str) -> datetime:
    """Return a moment as SAML writes it.

    Raises:
        MalformedAnswer: it is none, or says no time zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise MalformedAnswer("no moment") from error
    raise MalformedAnswer("no time zone")


def text_of(element: Element) -> str:
    """Return all of an element's text. A comment in it hides nothing, nor do elements."""
    return "".join(element.itertext()).strip()


def _read_attributes(assertion: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for attribute in assertion.iterfind(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute"):
        values = [text_of(each) for each in attribute.iterfind(f"{ASSERTION}AttributeValue")]
        found.setdefault(attribute.get("Name"), []).extend(each for each in values if each)
    return found


def _find_first(answer: SchoolAnswer, names: tuple[str, ...]) -> str:
    values = (answer.attributes.get(name) for name in names)
    return next((each[0] for each in values if each), "")
