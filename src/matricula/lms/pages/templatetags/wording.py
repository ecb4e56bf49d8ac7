"""Wording: what is data, in words."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def worded(code: str, words: Mapping[str, str]) -> str:
    """Return the words for a code, or the code where there are none."""
    return words.get(code, code)
