from base64 import b64decode
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET
from zlib import decompress

import pytest
from django.test import Client

from matricula.lms.sign_on.models import Provider
from tests.sign_on_with_saml.connecting import asked_by, connect
from tests.sign_on_with_saml.school import School

pytestmark = pytest.mark.django_db


def leave() -> str:
    return str(Client().get("/sign-on/riveru/")["Location"])


def test_the_school_is_asked_by_a_request_that_it_can_read(school: School) -> None:
    connect(school)

    query = parse_qs(urlsplit(leave()).query)

    assert set(query) == {"SAMLRequest"}
    asked = school.read_request(query["SAMLRequest"][0])
    assert (asked.acs_url, asked.entity_id) == (asked_by().acs_url, asked_by().entity_id)


def test_no_request_is_like_another(school: School) -> None:
    connect(school)

    assert leave() != leave()


def test_an_address_with_a_query_keeps_it(school: School) -> None:
    connect(school)
    stored = Provider.objects.get()
    stored.metadata["sso_url"] = "https://idp.river.example/sso?tenant=1&way=a"
    stored.save()

    parts = urlsplit(leave())

    assert parts.query.startswith("tenant=1&way=a&SAMLRequest=")
    packed = b64decode(parse_qs(parts.query)["SAMLRequest"][0])
    request = ET.fromstring(decompress(packed, -15))  # noqa: S314  our own
    assert request.get("Destination") == stored.metadata["sso_url"]
