"""Each answer comes from a real provider, and is spoiled after that as somebody might."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree
from saml2.xmldsig import DIGEST_SHA1, DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

from matricula.lms.sign_on.models import Provider
from matricula.lms.sign_on.saml.addressing import write_metadata
from matricula.lms.sign_on.saml.answers import (
    AnswerRefused,
    MalformedAnswer,
    MisdirectedAnswer,
    MistimedAnswer,
    SchoolAnswer,
    SignOnDenied,
    UnprovenAnswer,
)
from matricula.lms.sign_on.saml.checking import check_answer
from tests.sign_on_with_saml import mischief
from tests.sign_on_with_saml.changing import (
    add_audience,
    moment,
    set_audience,
    set_conditions,
    set_confirmation,
    set_issuer,
    set_method,
    set_response,
)
from tests.sign_on_with_saml.connecting import asked_by, connect
from tests.sign_on_with_saml.school import (
    KEY_ATTRIBUTE,
    NAMES,
    Element,
    Person,
    School,
    as_text,
    find,
    find_key,
    pack,
)

pytestmark = pytest.mark.django_db

MIRA = Person(key="rv:0007/ä", mail="mira@river.example", name="Mira Novak")
BOTH = "response and assertion"


@pytest.fixture
def river(school: School) -> Provider:
    return connect(school)


def check(provider: Provider, answer: Element | str | bytes) -> SchoolAnswer:
    return check_answer(provider=provider, encoded=pack(answer), at=datetime.now(UTC))


@pytest.mark.parametrize("signs", ["response", "assertion", BOTH])
def test_a_signed_answer_is_taken_and_read(school: School, river: Provider, signs: str) -> None:
    answer = check(river, school.answer(MIRA, asked_by(), signs=signs))

    assert answer.find_value(KEY_ATTRIBUTE) == "rv:0007/ä"
    assert answer.request_id == "_asked"
    assert answer.expires_at > datetime.now(UTC)


def test_an_unsigned_answer_is_refused(school: School, river: Provider) -> None:
    with pytest.raises(UnprovenAnswer, match="no signature"):
        check(river, school.answer(MIRA, asked_by(), signs="nothing"))


@pytest.mark.parametrize("signs", ["response", "assertion", BOTH])
@pytest.mark.parametrize("spoil", [mischief.tamper, mischief.strip_signatures])
def test_a_changed_answer_is_refused(
    school: School, river: Provider, signs: str, spoil: Callable[[Element], Element]
) -> None:
    with pytest.raises(UnprovenAnswer):
        check(river, spoil(school.answer(MIRA, asked_by(), signs=signs)))


@pytest.mark.parametrize("signs", ["response", "assertion", BOTH])
@pytest.mark.parametrize("name", mischief.WRAPPED)
def test_a_signature_wrapped_around_something_else_is_refused(
    school: School, river: Provider, signs: str, name: str
) -> None:
    needed = "response" if "response" in name else "assertion"
    answer = school.answer(MIRA, asked_by(), signs=BOTH if needed not in signs else signs)

    with pytest.raises(MalformedAnswer):
        check(river, mischief.WRAPPED[name](answer))


def test_a_comment_in_the_key_hides_nothing_of_it(school: School, river: Provider) -> None:
    answer = school.answer(Person(key="rv-0001.evil"), asked_by())

    checked = check(river, mischief.split_by_comment(answer, after="rv-0001"))

    assert checked.find_value(KEY_ATTRIBUTE) == "rv-0001.evil"


def test_an_element_in_the_key_hides_nothing_of_it(school: School, river: Provider) -> None:
    def divide(answer: Element) -> None:
        key = find_key(answer)
        key.attrib.clear()  # nothing says that it is but text
        key.text = "rv-0001"
        etree.SubElement(key, "b").tail = ".evil"

    answer = school.revise(school.answer(MIRA, asked_by()), divide)

    assert check(river, answer).find_value(KEY_ATTRIBUTE) == "rv-0001.evil"


@pytest.mark.parametrize("spoil", [mischief.declare_entities, mischief.read_a_file])
def test_no_declaration_reaches_a_parser(
    school: School, river: Provider, spoil: Callable[[Element], str]
) -> None:
    text = spoil(school.answer(MIRA, asked_by()))

    with pytest.raises(MalformedAnswer, match="declarations"):
        check(river, text)
    with pytest.raises(MalformedAnswer, match=r"UTF-8|encoding"):
        check(river, f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16"))


def test_another_key_than_the_schools_is_refused(stranger: School, river: Provider) -> None:
    stranger.trust(write_metadata(provider=river))

    with pytest.raises(UnprovenAnswer, match="library code"):
        check(river, stranger.answer(MIRA, asked_by()))


def test_both_certificates_count_while_a_school_changes_them(
    stranger: School, school: School, river: Provider
) -> None:
    stranger.trust(write_metadata(provider=river))
    more = connect(stranger, "other").metadata["certificates"]
    river.metadata["certificates"] = [*more, *river.metadata["certificates"]]

    for either in (school, stranger):
        assert check(river, either.answer(MIRA, asked_by())).request_id == "_asked"


@pytest.mark.parametrize(
    ("signs_by", "digests_by"), [(SIG_RSA_SHA1, DIGEST_SHA256), (SIG_RSA_SHA256, DIGEST_SHA1)]
)
def test_weak_signatures_are_refused(
    school: School, river: Provider, signs_by: str, digests_by: str
) -> None:
    answer = school.answer(MIRA, asked_by(), signs_by=signs_by, digests_by=digests_by)

    with pytest.raises(UnprovenAnswer, match="unusual"):
        check(river, answer)


OTHER = "https://somebody.else.example/acs/"


@pytest.mark.parametrize(
    ("change", "refusal", "fault"),
    [
        (set_conditions(NotOnOrAfter=moment(minutes=2)), MistimedAnswer, "no longer"),
        (set_conditions(NotBefore=moment(days=-1)), MistimedAnswer, "not yet"),
        (set_conditions(NotOnOrAfter="tomorrow"), MalformedAnswer, "no moment"),
        (set_conditions(NotOnOrAfter="2031-01-01T00:00:00"), MalformedAnswer, "no time zone"),
        (set_conditions(NotBefore="0001-01-01T00:00:00+14:00"), MalformedAnswer, "no moment"),
        (set_confirmation(NotOnOrAfter=moment(minutes=2)), MistimedAnswer, "no longer"),
        (set_confirmation(NotOnOrAfter=None), MistimedAnswer, "for ever"),
        (set_confirmation(NotBefore=moment(days=-1)), MistimedAnswer, "not yet"),
        (set_confirmation(Recipient=OTHER), MisdirectedAnswer, "another recipient"),
        (set_confirmation(Recipient=None), MisdirectedAnswer, "another recipient"),
        (set_confirmation(InResponseTo="_other"), MisdirectedAnswer, "another request"),
        (set_confirmation(InResponseTo=None), MisdirectedAnswer, "another request"),
        (set_response(Destination=OTHER), MisdirectedAnswer, "another destination"),
        (set_response(Destination=None), MisdirectedAnswer, "another destination"),
        (set_response(InResponseTo=None), MisdirectedAnswer, "another request"),
        (set_audience("https://somebody.else.example"), MisdirectedAnswer, "another audience"),
        (set_audience(None), MisdirectedAnswer, "no audience"),
        (add_audience, MisdirectedAnswer, "another audience"),
        (set_issuer("saml:Assertion/saml:Issuer"), MisdirectedAnswer, "another issuer"),
        (set_issuer("saml:Issuer"), MisdirectedAnswer, "another issuer"),
        (set_method, MisdirectedAnswer, "another recipient"),
    ],
)
def test_what_the_school_itself_signed_must_be_meant_for_us_now(
    school: School,
    river: Provider,
    change: Callable[[Element], None],
    refusal: type[AnswerRefused],
    fault: str,
) -> None:
    answer = school.revise(school.answer(MIRA, asked_by()), change)

    with pytest.raises(refusal, match=fault):
        check(river, answer)


def test_a_longer_address_that_begins_with_ours_is_another(
    school: School, river: Provider
) -> None:
    longer = set_response(Destination=f"{asked_by().acs_url}../elsewhere/")

    with pytest.raises(MisdirectedAnswer, match="another destination"):
        check(river, school.revise(school.answer(MIRA, asked_by()), longer))


def test_clocks_may_differ_by_a_little(school: School, river: Provider) -> None:
    early = set_conditions(NotBefore=moment(seconds=-30))

    answer = school.revise(school.answer(MIRA, asked_by()), early)

    assert check(river, answer).request_id == "_asked"


def test_a_request_named_by_nobodys_signature_counts_for_nothing(
    school: School, river: Provider
) -> None:
    answer = school.answer(MIRA, asked_by(), signs="assertion")
    answer.set("InResponseTo", "_begun_by_somebody_else")

    with pytest.raises(MisdirectedAnswer, match="another request"):
        check(river, answer)


def test_a_no_of_the_school_is_a_no(school: School, river: Provider) -> None:
    def deny(answer: Element) -> None:
        status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
        find(answer, "samlp:Status/samlp:StatusCode").set("Value", status)

    with pytest.raises(SignOnDenied):
        check(river, school.revise(school.answer(MIRA, asked_by()), deny))


def transform_by(algorithm: str) -> Callable[[Element], None]:
    def change(answer: Element) -> None:
        transforms = find(answer, "saml:Assertion/ds:Signature/ds:SignedInfo//ds:Transforms")
        etree.SubElement(transforms, f"{{{NAMES['ds']}}}Transform", Algorithm=algorithm)

    return change


def refer_to(address: str) -> Callable[[Element], None]:
    def change(answer: Element) -> None:
        find(answer, "saml:Assertion/ds:Signature//ds:Reference").set("URI", address)

    return change


def refer_twice(answer: Element) -> None:
    reference = find(answer, "saml:Assertion/ds:Signature//ds:Reference")
    second = etree.fromstring(as_text(reference))
    second.set("URI", "http://127.0.0.1:9/")
    second.remove(find(second, "ds:DigestMethod"))  # or there would be one too many
    reference.addnext(second)


def look_for_keys(answer: Element) -> None:
    key_info = find(answer, "saml:Assertion/ds:Signature/ds:KeyInfo")
    etree.SubElement(key_info, f"{{{NAMES['ds']}}}RetrievalMethod", URI="http://127.0.0.1:9/")


def sign_by_secret(answer: Element) -> None:
    method = find(answer, "saml:Assertion/ds:Signature//ds:SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")


@pytest.mark.parametrize(
    "spoil",
    [
        transform_by("http://www.w3.org/TR/1999/REC-xslt-19991116"),
        transform_by("http://www.w3.org/TR/1999/REC-xpath-19991116"),
        transform_by("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        refer_to(""),
        refer_to("http://127.0.0.1:9/"),
        refer_to("#xpointer(/)"),
        refer_twice,
        look_for_keys,
        sign_by_secret,
    ],
)
def test_a_signature_may_ask_nothing_unusual_of_who_verifies_it(
    school: School, river: Provider, spoil: Callable[[Element], None]
) -> None:
    answer = school.answer(MIRA, asked_by())
    spoil(answer)

    with pytest.raises(UnprovenAnswer, match=r"unusual|not one reference|something else"):
        check(river, answer)


def test_what_is_encrypted_cannot_be_read(school: School, river: Provider) -> None:
    def encrypt(answer: Element) -> None:
        assertion = find(answer, "saml:Assertion")
        sealed = etree.Element(f"{{{NAMES['saml']}}}EncryptedAssertion")
        answer.replace(assertion, sealed)

    answer = school.answer(MIRA, asked_by(), signs="response")
    encrypt(answer)

    with pytest.raises(MalformedAnswer):
        check(river, answer)


@pytest.mark.parametrize(
    "encoded", ["", "%%%", "PHhtbA==", pack("<a/>"), pack(b"\xff\xfe<"), "A" * 400_000]
)
def test_rubbish_is_refused_in_words(river: Provider, encoded: str) -> None:
    with pytest.raises(MalformedAnswer):
        check_answer(provider=river, encoded=encoded, at=datetime.now(UTC))


def test_an_answer_of_many_elements_is_refused_before_it_is_read(river: Provider) -> None:
    for text in ("<a>" * 20_000, "<a " + 'xmlns:b="c" ' * 1_000 + "/>", "<a>" * 300):
        with pytest.raises(MalformedAnswer):
            check(river, text)


@pytest.mark.parametrize(
    "text",
    [
        "<?xml " * 55_000,
        "<?xml version='1.0' " + " " * 250_000,
        " " * 255_000,
        "<" * 9_000 + "!" * 200_000,
    ],
)
def test_long_rubbish_is_refused_as_well(river: Provider, text: str) -> None:
    with pytest.raises(MalformedAnswer):
        check(river, text)
