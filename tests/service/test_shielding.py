"""What a browser may do with an answer of ours."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from matricula.service.shielding import FORM_TARGETS, shield_pages


def read_policy(said: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in said.split(";"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/login", "/nowhere", "/health", "/static/looks/matricula.css"]
)
def test_every_answer_allows_what_is_ours_and_nothing_written_into_a_page(address: str) -> None:
    answer = Client().get(address)
    answer.close()  # files are open until then
    policy = read_policy(answer["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_forms_may_lead_to_the_front_ends_they_come_back_to(settings: Settings) -> None:
    settings.FORM_TARGETS = ["https://portal.example.org"]
    answer = shield_pages(lambda _: HttpResponse())(RequestFactory().get("/"))
    policy = read_policy(answer["Content-Security-Policy"])
    assert policy["form-action"] == "'self' https://portal.example.org"


def test_a_form_of_one_page_may_lead_where_those_of_the_next_may_not() -> None:
    leads, stays = RequestFactory().get("/"), RequestFactory().get("/")
    leads.META[FORM_TARGETS] = ["https://service.example.org"]
    shield = shield_pages(lambda _: HttpResponse())
    said = [read_policy(shield(each)["Content-Security-Policy"]) for each in (leads, stays)]
    assert [each["form-action"] for each in said] == [
        "'self' https://service.example.org",
        "'self'",
    ]


def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    answer = shield_pages(lambda _: own)(RequestFactory().get("/"))
    assert answer["Content-Security-Policy"] == "sandbox"
