"""Words, numbers and ages as the console writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django import template
from django.template.context import Context
from django.utils import formats
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from matricula.registrar.jobs.api import Job
from matricula.registrar.pages.orienting import Place, list_places
from matricula.registrar.pages.wording import (
    ROLES,
    Word,
    sort_counts,
    word_kind,
    word_state,
    word_status,
)

register = template.Library()


@register.inclusion_tag("registrar/places.html", takes_context=True)
def places(context: Context) -> dict[str, list[Place]]:
    """Write the navigation."""
    return {"places": list_places(context["request"])}


@register.filter
def grouped(number: int | None) -> str:
    """Write a number with its thousands apart."""
    return "" if number is None else formats.number_format(number, force_grouping=True)


@register.filter
def ago(moment: datetime) -> str:
    """Say how long ago something was."""
    now = datetime.now(UTC)
    if (now - moment).total_seconds() < 60:  # noqa: PLR2004  a minute, the least that is told
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


@register.filter
def in_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts by status in the order of statuses."""
    return sort_counts(counts)


@register.filter
def tag(word: Word) -> str:
    """Write a word with its sign."""
    return _tag(word)


@register.filter
def status_tag(status: str) -> str:
    """Write a status with its sign."""
    return _tag(word_status(status))


@register.filter
def status_words(status: str) -> str:
    """Write a status."""
    return str(word_status(status).words)


@register.filter
def status_meaning(status: str) -> str:
    """Write what a status means."""
    return str(word_status(status).meaning)


@register.filter
def state_tag(job: Job) -> str:
    """Write how a job stands with its sign."""
    return _tag(word_state(job))


@register.filter
def kind_words(kind: str) -> str:
    """Write what a kind of job is called."""
    return str(word_kind(kind))


@register.filter
def role_words(role: str) -> str:
    """Write what a role is called."""
    return str(ROLES[role].words)


def _tag(word: Word) -> str:
    classes = f"tag {word.mark}".strip()
    return format_html('<span class="{}">{}</span>', classes, word.words)
