"""What a school may say otherwise, before it signs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lxml import etree

from tests.sign_on_with_saml.school import Element, find

Change = Callable[[Element], None]


def moment(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_conditions(**times: str) -> Change:
    def change(answer: Element) -> None:
        for name, value in times.items():
            find(answer, ".//saml:Conditions").set(name, value)

    return change


def set_confirmation(**values: str | None) -> Change:
    def change(answer: Element) -> None:
        data = find(answer, ".//saml:SubjectConfirmationData")
        for name, value in values.items():
            data.attrib.pop(name, None)
            if value is not None:
                data.set(name, value)

    return change


def set_response(**values: str | None) -> Change:
    def change(answer: Element) -> None:
        for name, value in values.items():
            answer.attrib.pop(name, None)
            if value is not None:
                answer.set(name, value)

    return change


def set_audience(value: str | None) -> Change:
    def change(answer: Element) -> None:
        audience = find(answer, ".//saml:Audience")
        if value is None:
            audience.getparent().getparent().remove(audience.getparent())
        else:
            audience.text = value

    return change


def add_audience(answer: Element) -> None:
    """Two restrictions: who is in one of them alone is meant by neither."""
    first = find(answer, ".//saml:AudienceRestriction")
    other = etree.SubElement(first.getparent(), first.tag)
    etree.SubElement(other, first[0].tag).text = "https://somebody.else.example"


def set_issuer(path: str) -> Change:
    def change(answer: Element) -> None:
        find(answer, path).text = "https://idp.other.example/metadata"

    return change


def set_method(answer: Element) -> None:
    method = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
    find(answer, ".//saml:SubjectConfirmation").set("Method", method)


def expire(answer: Element) -> None:
    """Say what held until two minutes ago."""
    set_conditions(NotOnOrAfter=moment(minutes=2))(answer)
    set_confirmation(NotOnOrAfter=moment(minutes=2))(answer)
