"""Answering whole: what is known to its end goes to the server of HTTP in one piece."""

from collections.abc import Iterable

from django.http import HttpResponse


def in_one_piece(answer: Iterable[bytes]) -> Iterable[bytes]:
    """Return an answer as a list; one that is still being made stays as it is.

    What is no list the server sends piece by piece, which takes it longer than many an answer took
    to make.
    """
    if not isinstance(answer, HttpResponse):
        return answer
    try:
        return [answer.content]
    finally:
        answer.close()
