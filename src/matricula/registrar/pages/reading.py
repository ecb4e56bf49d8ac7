"""Reading what somebody has written into a form or an address."""

from django.http import HttpRequest

MOST_DIGITS = 9
NULL = "\x00"
"""What no database can hold."""


def read_number(request: HttpRequest, name: str, *, otherwise: int = 0) -> int:
    """Return a number of the query from 1 on; what is none stands for ``otherwise``."""
    said = request.GET.get(name, "")
    number = int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else 0
    return number or otherwise


def read_words(request: HttpRequest, name: str) -> str:
    """Return words of the query, without what no database can hold."""
    return request.GET.get(name, "").replace(NULL, "").strip()


def read_sent(request: HttpRequest, name: str) -> str:
    """Return what a form has in a field, as ``read_words`` does."""
    return request.POST.get(name, "").replace(NULL, "").strip()
