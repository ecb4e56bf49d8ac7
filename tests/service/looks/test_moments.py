"""What a page says of moments and days."""

from datetime import UTC, date, datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from matricula.service.looks.zoning import tell_time_of_reader

AUTUMN = datetime(2031, 9, 1, 22, 30, tzinfo=UTC)


def write(words: str, *, zone: str = "", language: str = "en", **values: object) -> str:
    request = RequestFactory().get("/", headers={"accept-language": language})
    request.COOKIES["zone"] = zone

    def answer(request: HttpRequest) -> HttpResponse:
        template = Template("{% load moments %}" + words)
        return HttpResponse(template.render(Context({"request": request, **values})))

    return tell_time_of_reader(answer)(request).content.decode()


def test_a_moment_is_told_in_the_readers_zone_and_language() -> None:
    told = write("{% moment at %}", zone="Europe/Berlin", language="de", at=AUTUMN)

    assert told == (
        '<time datetime="2031-09-01T22:30:00+00:00" lang="de">2. September 2031 00:30 CEST</time>'
    )


def test_a_day_is_that_of_the_readers_zone() -> None:
    told = write("{% day at %}", zone="Europe/Berlin", at=AUTUMN)

    assert told == '<time datetime="2031-09-02" lang="en">Sept. 2, 2031</time>'


def test_a_date_is_the_same_everywhere() -> None:
    assert "Sept. 1, 2031" in write("{% day on %}", zone="Asia/Tokyo", on=date(2031, 9, 1))


def test_a_month_is_told_in_the_readers_language() -> None:
    told = write("{% month_of on %}", language="de", on=date(2031, 3, 1))

    assert told == '<time datetime="2031-03" lang="de">März 2031</time>'


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "America", "../../etc/passwd", "x" * 5000])
def test_without_a_zone_that_exists_it_is_universal_time(zone: str) -> None:
    assert "10:30 p.m. UTC" in write("{% moment at %}", zone=zone, at=AUTUMN)


def test_nothing_is_told_as_nothing() -> None:
    assert write("{% moment at %}{% day at %}", at=None) == ""
