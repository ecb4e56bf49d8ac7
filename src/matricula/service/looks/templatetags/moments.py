"""Moments and days, as the reader writes them, in an element that machines read as well."""

from datetime import date, datetime

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils import formats, timezone, translation
from django.utils.html import format_html

register = template.Library()

TIME = '<time datetime="{}" lang="{}">{}</time>'


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None) -> str:
    """Write a moment in the reader's language and zone, and name the zone; None is nothing."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    language = _language_of_reader(context)
    with translation.override(language):
        words = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
    return format_html(TIME, value.isoformat(), language, words)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | datetime | None) -> str:
    """Write the day of a moment in the reader's language and zone; None is nothing."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    language = _language_of_reader(context)
    with translation.override(language):
        words = formats.date_format(local, "DATE_FORMAT")
    return format_html(TIME, local.isoformat(), language, words)


@register.simple_tag(takes_context=True)
def month_of(context: Context, value: date) -> str:
    """Write the month of a day in the reader's language."""
    language = _language_of_reader(context)
    with translation.override(language):
        words = formats.date_format(value, "YEAR_MONTH_FORMAT")
    return format_html(TIME, f"{value:%Y-%m}", language, words)


def _language_of_reader(context: Context) -> str:
    """Return the language that the browser asks for first, of those whose dates are known."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return translation.get_language() or "en"
    return translation.get_language_from_request(request)
