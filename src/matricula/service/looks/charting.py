"""Charting: bars on one another, month after month, as SVG that says what it shows.

Colours come from the stylesheet by classes, ``kind-1`` and on, and each kind has a pattern of its
own besides, so that it can be told without colours. The numbers belong beside it as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 32
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
LINES = 4
STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
"""Tenths that people like to count in."""
KINDS = 5
MOST_LABELS = 8
SWATCH = 14

PATTERNS = (
    "",
    '<path d="M0 8L8 0M-2 2L2-2M6 10L10 6"/>',
    '<path d="M0 4H8"/>',
    '<circle cx="4" cy="4" r="1.6"/>',
    '<path d="M0 0L8 8M8 0L0 8"/>',
)
"""What is drawn over the colour of each kind; the first is plain."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Numbers of one kind, one for each label of the chart."""

    name: str
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be shown; ``title`` and ``description`` say it in words."""

    title: str
    description: str
    labels: Sequence[str]
    kinds: Sequence[Kind]


def draw_chart(chart: Chart, *, name: str) -> SafeString:
    """Draw a chart; ``name`` is not that of another one on the page.

    Raises:
        ValueError: there are more kinds than can be told apart, or a number for no label.
    """
    if len(chart.kinds) > KINDS:
        raise ValueError(f"A chart tells {KINDS} kinds apart.")
    if any(len(kind.numbers) != len(chart.labels) for kind in chart.kinds):
        raise ValueError("A chart has a number of each kind for each label.")
    top = _round_up(max((sum(each) for each in _stack(chart)), default=0))
    return format_html(
        '<svg role="img" viewBox="0 0 {} {}" aria-labelledby="{}-title {}-description">'
        '<title id="{}-title">{}</title><desc id="{}-description">{}</desc>'
        "<defs>{}</defs>{}{}{}</svg>",
        *(WIDTH, HEIGHT, name, name, name, chart.title, name, chart.description),
        _draw_patterns(name, len(chart.kinds)),
        _draw_lines(top),
        _draw_bars(chart, name, top),
        _draw_labels(chart.labels),
    )


def draw_swatch(number: int, *, name: str) -> SafeString:
    """Draw the sign of a kind, from 0, for the legend of the chart of that name."""
    return format_html(
        '<svg class="swatch" width="{}" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        SWATCH,
        SWATCH,
        _draw_bar(number, name, (0.0, 0.0, SWATCH, SWATCH)),
    )


def _stack(chart: Chart) -> list[tuple[int, ...]]:
    return list(zip(*(kind.numbers for kind in chart.kinds), strict=True))


def _round_up(number: int) -> int:
    """Return the least number from there on that a few even lines divide well."""
    size = 1
    while True:
        for step in STEPS:
            if number <= LINES * size * step // 10 and size * step % 10 == 0:
                return LINES * size * step // 10
        size *= 10


def _draw_patterns(name: str, count: int) -> SafeString:
    return format_html_join(
        "",
        '<pattern id="{}-pattern-{}" class="pattern" width="8" height="8" '
        'patternUnits="userSpaceOnUse">{}</pattern>',
        (
            (name, number, mark_safe(PATTERNS[number]))  # noqa: S308  our own, above
            for number in range(1, count)
        ),
    )


def _draw_lines(top: int) -> SafeString:
    """Draw the lines across, each with its number."""
    return format_html_join(
        "",
        '<path class="line" d="M{} {}H{}"/><text class="scale" x="{}" y="{}">{}</text>',
        (
            (LEFT, _at(y), WIDTH - RIGHT, LEFT - 8, _at(y + 4), _group(top * line // LINES))
            for line in range(LINES + 1)
            for y in [HEIGHT - BOTTOM - PLOT_HEIGHT * line / LINES]
        ),
    )


def _draw_bars(chart: Chart, name: str, top: int) -> SafeString:
    slot = PLOT_WIDTH / max(1, len(chart.labels))
    width = min(slot * 0.76, 72)
    bars: list[SafeString] = []
    for at, numbers in enumerate(_stack(chart)):
        x, y = LEFT + slot * at + (slot - width) / 2, float(HEIGHT - BOTTOM)
        for kind, number in enumerate(numbers):
            height = PLOT_HEIGHT * number / top
            y -= height
            if number:
                bars.append(_draw_bar(kind, name, (x, y, width, height)))
    return mark_safe("".join(bars))  # noqa: S308  each is formatted


def _draw_bar(kind: int, name: str, box: tuple[float, float, float, float]) -> SafeString:
    place = format_html('x="{}" y="{}" width="{}" height="{}"', *map(_at, box))
    bar = format_html('<rect class="kind-{}" {}/>', kind + 1, place)
    if not kind:
        return bar
    return format_html('{}<rect fill="url(#{}-pattern-{})" {}/>', bar, name, kind, place)


def _draw_labels(labels: Sequence[str]) -> SafeString:
    """Draw as many labels as have room, the last one always; small screens show fewer."""
    slot = PLOT_WIDTH / max(1, len(labels))
    step = -(-len(labels) // MOST_LABELS) or 1
    last = len(labels) - 1
    return format_html_join(
        "",
        '<text class="{}" x="{}" y="{}">{}</text>',
        (
            (
                "label minor" if (last - at) // step % 2 else "label",
                _at(LEFT + slot * (at + 0.5)),
                HEIGHT - 8,
                label,
            )
            for at, label in enumerate(labels)
            if (last - at) % step == 0
        ),
    )


def _at(number: float) -> str:
    return f"{number:.1f}"


def _group(number: int) -> str:
    return number_format(number, force_grouping=True)
