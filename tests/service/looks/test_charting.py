"""Charts that say what they show."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from matricula.service.looks.charting import Chart, Kind, draw_chart, draw_swatch

SVG = "{http://www.w3.org/2000/svg}"
WHOLE = Chart(
    title="Enrollments",
    description="From 3 to 7.",
    labels=["Jan 31", "Feb 31"],
    kinds=[Kind("enrolled", [3, 5]), Kind("<ended>", [0, 2])],
)


def drawn(chart: Chart) -> ET.Element:
    svg = draw_chart(chart, name="growth").replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)
    return ET.fromstring(svg)  # noqa: S314  we have just drawn it


def heights(chart: Chart, kind: int) -> list[float]:
    bars = drawn(chart).iter(f"{SVG}rect")
    return [float(bar.get("height", "")) for bar in bars if bar.get("class") == f"kind-{kind}"]


def test_bars_stand_on_one_another_in_proportion() -> None:
    (first, second), (other,) = heights(WHOLE, 1), heights(WHOLE, 2)
    assert second / first == pytest.approx(5 / 3, rel=0.01)
    assert other / second == pytest.approx(2 / 5, rel=0.01)


def test_it_has_a_name_a_description_and_is_one_picture() -> None:
    svg = drawn(WHOLE)
    names = {each.get("id"): each.text for each in svg}
    said = [names[each] for each in svg.get("aria-labelledby", "").split()]
    assert (svg.get("role"), said) == ("img", ["Enrollments", "From 3 to 7."])


def test_kinds_are_told_apart_without_colors() -> None:
    svg = drawn(WHOLE)
    patterns = {each.get("id") for each in svg.iter(f"{SVG}pattern")}
    filled = {each.get("fill") for each in svg.iter(f"{SVG}rect")} - {None}
    assert filled == {f"url(#{each})" for each in patterns} == {"url(#growth-pattern-1)"}
    assert "url(#growth-pattern-1)" in draw_swatch(1, name="growth")


def test_nothing_in_it_is_a_style_or_a_script() -> None:
    svg = draw_chart(WHOLE, name="growth")
    assert not re.search(r"style=|<style|<script|#[0-9a-f]{6}|\bon\w+=", svg)


def test_names_are_never_markup() -> None:
    wicked = Chart(title="<b>", description="<i>", labels=["<u>"], kinds=[Kind("x", [1])])
    assert not {"b", "i", "u"} & {each.tag.removeprefix(SVG) for each in drawn(wicked).iter()}


@pytest.mark.parametrize("most", [0, 1, 7, 999, 123_456])
def test_the_scale_has_even_numbers_up_to_the_most(most: int) -> None:
    chart = Chart(title="x", description="", labels=["x"], kinds=[Kind("x", [most])])
    scale = [each for each in drawn(chart).iter(f"{SVG}text") if each.get("class") == "scale"]
    numbers = [int((each.text or "").replace(",", "")) for each in scale]
    assert numbers[-1] >= most
    assert {after - before for before, after in pairwise(numbers)} == {numbers[1]}


def test_many_months_keep_room_for_their_labels_and_the_last_is_named() -> None:
    labels = [str(number) for number in range(24)]
    chart = Chart(title="x", description="", labels=labels, kinds=[Kind("x", [1] * 24)])
    told = [
        each.text for each in drawn(chart).iter(f"{SVG}text") if "label" in each.get("class", "")
    ]
    assert len(told) <= 8
    assert told[-1] == "23"


def test_what_cannot_be_told_apart_is_not_drawn() -> None:
    for kinds in ([Kind("x", [1])] * 6, [Kind("x", [1, 2])]):
        with pytest.raises(ValueError, match="A chart"):
            draw_chart(Chart(title="x", description="", labels=["x"], kinds=kinds), name="x")
