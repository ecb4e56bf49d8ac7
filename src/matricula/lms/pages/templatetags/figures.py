"""Figures: numbers as people read them."""

from django import template
from django.utils import formats

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """Return a number with its thousands apart."""
    return "" if number is None else formats.number_format(number, force_grouping=True)
