"""What becomes of an answer, in a browser that has a session or none."""

from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, Via
from matricula.lms.sign_on.api import set_test_mode, switch_provider
from matricula.lms.sign_on.models import Assertion, Provider, SeenAssertion, Settlement
from matricula.lms.sign_on.saml import answering
from matricula.lms.sign_on.saml.unpacking import MOST_CHARACTERS
from matricula.lms.sign_on.tasks import forget_old_assertions
from tests import given
from tests.sign_on_with_saml import mischief
from tests.sign_on_with_saml.connecting import asked_by, connect
from tests.sign_on_with_saml.school import Element, Person, School, find, pack

pytestmark = pytest.mark.django_db

MIRA = Person(key="rv:0007/ä", mail="mira@river.example", name="Mira Novak")


@pytest.fixture
def river(school: School) -> Provider:
    return connect(school)


class Browser:
    """A browser, with what the provider makes of each request that it is brought."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.client = Client()

    def leave(self, slug: str = "riveru", **query: str) -> str:
        """Begin, and return the request as the provider gets it."""
        response = self.client.get(f"/sign-on/{slug}/", query)
        assert response.status_code == 302, response.content.decode()
        parts = urlsplit(response["Location"])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == self.school.sso_url
        return parse_qs(parts.query)["SAMLRequest"][0]

    def prove(self, request: str, person: Person = MIRA) -> Element:
        return self.school.answer(person, self.school.read_request(request))

    def bring(self, answer: Element | str, slug: str = "riveru") -> HttpResponse:
        """Bring an answer as the provider's page makes the browser do: with no session."""
        session = self.client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        response = self.client.post(
            f"/sign-on/{slug}/acs/", {"SAMLResponse": pack(answer), "RelayState": ""}
        )
        if session is not None:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = session.value
        return response  # type: ignore[return-value]

    def finish(self, response: HttpResponse) -> HttpResponse:
        assert response.status_code == 302, response.content.decode()
        return self.client.get(response["Location"])  # type: ignore[return-value]

    def sign_in(self, person: Person = MIRA, slug: str = "riveru", **query: str) -> HttpResponse:
        answer = self.prove(self.leave(slug, **query), person)
        return self.finish(self.bring(answer, slug))


def is_signed_in(browser: Browser) -> bool:
    return "_auth_user_id" in browser.client.session


def test_a_first_sign_in_makes_the_account_and_binds_the_student_key(
    school: School, river: Provider
) -> None:
    given.enrolled("rv:0007/ä", program=given.program())

    answer = Browser(school).sign_in()

    assert (answer.status_code, answer["Location"]) == (302, "/dashboard")
    account = Account.objects.get(username="mira")
    assert (account.name, account.email) == ("Mira Novak", "mira@river.example")
    identity = Identity.objects.get(organization=river.organization)
    assert (identity.account, identity.bound_via) == (account, Via.SIGN_ON)
    assert Assertion.objects.get().settlement == Settlement.BOUND


def test_a_student_key_in_other_letters_is_the_same_person(
    school: School, river: Provider
) -> None:
    Browser(school).sign_in()
    Browser(school).sign_in(Person(key="RV:0007/Ä"))

    assert Account.objects.count() == 1


def test_a_persistent_name_finds_the_account_whatever_the_key_is_now(
    school: School, river: Provider
) -> None:
    Browser(school).sign_in(Person(key="rv-1", name_id="p:1"))
    Browser(school).sign_in(Person(key="rv-2", name_id="p:1"))
    Browser(school).sign_in(Person(key=None, name_id="p:1"))

    assert Account.objects.count() == 1
    assert Assertion.objects.get().settlement == Settlement.NO_KEY


@pytest.mark.parametrize("key", [None, "   ", "k" * 192])
def test_whom_nobody_could_find_again_is_not_signed_in(
    school: School, river: Provider, key: str | None
) -> None:
    browser = Browser(school)

    answer = browser.sign_in(Person(key=key))

    assert (answer.status_code, Account.objects.count()) == (401, 0)


def test_an_answer_is_used_once(school: School, river: Provider) -> None:
    browser = Browser(school)
    proof = browser.prove(browser.leave())
    first = browser.finish(browser.bring(proof))

    again = browser.finish(browser.bring(proof))

    assert (first.status_code, again.status_code) == (302, 400)
    assert "begin again" in again.content.decode()


def test_an_answer_is_used_once_by_whoever_brings_it(school: School) -> None:
    connect(school, takes_unasked=True)
    proof = school.answer(MIRA, asked_by(request_id=None))
    mine, theirs = Browser(school), Browser(school)
    assert mine.finish(mine.bring(proof)).status_code == 302

    assert theirs.finish(theirs.bring(proof)).status_code == 400
    assert not is_signed_in(theirs)


def test_a_sign_in_that_breaks_leaves_the_answer_unused(school: School, river: Provider) -> None:
    browser = Browser(school)
    aside = browser.bring(browser.prove(browser.leave()))

    with (
        patch.object(answering, "complete_social_login", side_effect=RuntimeError("broken")),
        pytest.raises(RuntimeError),
    ):
        browser.finish(aside)

    assert not SeenAssertion.objects.exists()


def test_an_answer_counts_in_the_browser_that_asked_alone(school: School, river: Provider) -> None:
    mine, theirs = Browser(school), Browser(school)
    theirs.leave()

    answer = theirs.finish(theirs.bring(mine.prove(mine.leave())))

    assert answer.status_code == 400
    assert not is_signed_in(theirs)
    assert not SeenAssertion.objects.exists()


def test_an_answer_of_one_school_is_none_to_the_request_of_another(
    school: School, stranger: School, river: Provider
) -> None:
    connect(stranger, "lakeu", organization=given.school("LakeU"))
    browser = Browser(school)
    request_id = school.read_request(browser.leave()).request_id
    proof = stranger.answer(MIRA, asked_by("lakeu", request_id=request_id))

    assert browser.finish(browser.bring(proof, "lakeu")).status_code == 400


def test_what_nobody_asked_for_is_refused_unless_the_school_may_begin(school: School) -> None:
    connect(school, "asked")
    connect(school, "portal", takes_unasked=True)
    answers = {}
    for slug in ("asked", "portal"):
        browser = Browser(school)
        proof = school.answer(MIRA, asked_by(slug, request_id=None))
        answers[slug] = browser.finish(browser.bring(proof, slug)).status_code

    assert answers == {"asked": 400, "portal": 302}


def test_who_puts_nothing_aside_finishes_nothing(school: School, river: Provider) -> None:
    browser = Browser(school)
    browser.leave()

    assert browser.client.get("/sign-on/riveru/acs/finish/").status_code == 400


def test_what_was_put_aside_is_forgotten_soon(school: School, river: Provider) -> None:
    browser = Browser(school)
    aside = browser.bring(browser.prove(browser.leave()))
    soon = timezone.now() + timedelta(minutes=5)

    assert Session.objects.filter(expire_date__lt=soon).exists()
    cookie = aside.cookies["school-answer"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        "/sign-on/riveru/acs/finish/",
        True,
        "Lax",
    )


def test_what_nobody_took_up_is_swept(school: School, river: Provider) -> None:
    browser = Browser(school)
    browser.bring(browser.prove(browser.leave()))
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    forget_old_assertions(timestamp=0)

    assert not Session.objects.exists()


def test_nothing_is_kept_of_an_answer_that_is_refused(school: School, river: Provider) -> None:
    browser = Browser(school)

    answer = browser.bring(mischief.tamper(browser.prove(browser.leave())))

    assert answer.status_code == 401
    page = answer.content.decode()
    assert answer["X-Request-ID"] in page
    assert "rv" not in page.replace("riveru", "")
    assert "<saml" not in page
    assert "school-answer" not in answer.cookies


@pytest.mark.parametrize("text", ["", "<a/>", "A" * (MOST_CHARACTERS + 1)])
def test_rubbish_gets_a_page_in_words(school: School, river: Provider, text: str) -> None:
    answer = Browser(school).bring(text)

    assert answer.status_code == 401
    assert "could not be signed in" in answer.content.decode()


def test_next_is_followed_to_this_host_alone(school: School, river: Provider) -> None:
    here = Browser(school).sign_in(next="/account/schools")
    elsewhere = Browser(school).sign_in(next="https://evil.example.com/")

    assert here["Location"] == "/account/schools"
    assert elsewhere["Location"] == "/dashboard"


def test_where_to_go_on_is_never_what_the_answer_says(school: School) -> None:
    connect(school, takes_unasked=True)
    browser = Browser(school)
    encoded = pack(school.answer(MIRA, asked_by(request_id=None)))
    said = {"SAMLResponse": encoded, "RelayState": "https://evil.example.com/"}

    answer = browser.finish(browser.client.post("/sign-on/riveru/acs/", said))  # type: ignore[arg-type]

    assert answer["Location"] == "/dashboard"


def test_the_session_gets_another_key_when_somebody_signs_in(
    school: School, river: Provider
) -> None:
    browser = Browser(school)
    request = browser.leave()
    before = browser.client.session.session_key

    browser.finish(browser.bring(browser.prove(request)))

    assert is_signed_in(browser)
    assert browser.client.session.session_key not in {None, before}


def test_by_a_provider_that_is_off_nobody_signs_in(school: School, river: Provider) -> None:
    browser = Browser(school)
    proof = browser.prove(browser.leave())
    switch_provider(slug="riveru", is_on=False, by=given.OPERATOR)

    assert browser.bring(proof).status_code == 404
    assert browser.client.get("/sign-on/riveru/").status_code == 404
    assert browser.client.get("/sign-on/riveru/metadata/").status_code == 200


def test_a_provider_that_is_switched_off_in_between_finishes_nothing(
    school: School, river: Provider
) -> None:
    browser = Browser(school)
    aside = browser.bring(browser.prove(browser.leave()))
    switch_provider(slug="riveru", is_on=False, by=given.OPERATOR)

    assert browser.finish(aside).status_code == 404


def test_in_test_mode_it_is_shown_what_would_be_bound(school: School, river: Provider) -> None:
    set_test_mode(slug="riveru", is_test=True, by=given.OPERATOR)
    browser = Browser(school)

    page = browser.sign_in().content.decode()

    assert "rv:0007/ä" in page
    assert not is_signed_in(browser)
    assert not Account.objects.exists()


def test_a_key_is_of_the_school_that_asserts_it_and_of_no_other(
    stranger: School, school: School, river: Provider
) -> None:
    given.enrolled("rv:0007/ä", program=given.program())
    connect(stranger, "lakeu", organization=given.school("LakeU"))

    Browser(stranger).sign_in(slug="lakeu")

    assert Identity.objects.get(organization=river.organization).account is None


def test_a_no_of_the_school_says_so(school: School, river: Provider) -> None:
    def deny(answer: Element) -> None:
        status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
        find(answer, "samlp:Status/samlp:StatusCode").set("Value", status)

    browser = Browser(school)
    answer = browser.bring(school.revise(browser.prove(browser.leave()), deny))

    assert answer.status_code == 200
    assert "did not sign in" in answer.content.decode()


def test_an_address_proves_nothing_unless_the_school_may_prove_it(school: School) -> None:
    connect(school, "plain")
    connect(school, "trusted", trusted_domains=["river.example"])

    Browser(school).sign_in(slug="plain")
    Browser(school).sign_in(Person(key="rv-2", mail="noor@river.example"), slug="trusted")

    proven = {each.email: each.verified for each in EmailAddress.objects.all()}
    assert proven == {"mira@river.example": False, "noor@river.example": True}


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("get", "/sign-on/riveru/acs/"),
        ("post", "/sign-on/riveru/acs/finish/"),
        ("post", "/sign-on/riveru/metadata/"),
    ],
)
def test_each_address_takes_one_method(river: Provider, call: str, path: str) -> None:
    assert getattr(Client(), call)(path).status_code == 405


def test_only_the_address_for_answers_takes_forms_of_other_hosts(
    school: School, river: Provider
) -> None:
    strict = Client(enforce_csrf_checks=True)

    taken = strict.post("/sign-on/riveru/acs/", {"SAMLResponse": ""})
    refused = strict.post("/sign-on/riveru/")

    assert (taken.status_code, refused.status_code) == (401, 403)


@override_settings(LMS_URL="https://learn.example.org")
def test_our_addresses_are_those_that_people_see_whatever_stands_in_front(
    school: School,
) -> None:
    connect(school)

    answer = Browser(school).sign_in()

    assert answer.status_code == 302
    assert asked_by().acs_url == "https://learn.example.org/sign-on/riveru/acs/"
