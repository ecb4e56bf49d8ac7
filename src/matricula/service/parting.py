"""Parting: calls that show a token go past what is there for browsers alone.

Sessions, forgery, messages and who is signed in cost a call a twentieth of its time and say
nothing about it: a token in the header goes before a session and before cookies.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from matricula.service.problems import CALLS

Answerer = Callable[[HttpRequest], HttpResponse]

SCHEMES = ("jwt ", "bearer ")

_joints: list[Answerer] = []
"""Where the way of browsers ends, while Django puts the middleware together from its end."""


def part_from_browsers(answer: Answerer) -> Answerer:
    """Let calls with a token skip all middleware up to ``join_browsers``, which must follow."""
    answer_call = _joints.pop()

    def part(request: HttpRequest) -> HttpResponse:
        return answer_call(request) if shows_token(request) else answer(request)

    return part


def join_browsers(answer: Answerer) -> Answerer:
    """Be where calls with a token and browsers go the same way again."""
    _joints.append(answer)
    return answer


def shows_token(request: HttpRequest) -> bool:
    """Tell whether a request to an API has a token in its header, be it good or not."""
    scheme = request.META.get("HTTP_AUTHORIZATION", "")[:7].lower()
    return scheme.startswith(SCHEMES) and request.path_info.startswith(CALLS)
