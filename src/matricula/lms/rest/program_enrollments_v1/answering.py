"""Answering a write: a word for each student key, and one status for all of them."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.response import Response

from matricula.lms.kernel.api import Action, Judgement, Verdict
from matricula.service.rendering import answer_json


def answer_write(keys: Iterable[str], judged: Sequence[Judgement]) -> HttpResponse:
    """Return the verdicts by student key as it was sent; keys that are repeated come last."""
    if not judged:
        return Response(status=HTTPStatus.NO_CONTENT)
    words = {key: str(each.verdict) for key, each in zip(keys, judged, strict=True)}
    repeated = {key: word for key, word in words.items() if word == Verdict.DUPLICATED}
    alone = {key: word for key, word in words.items() if key not in repeated}
    return answer_json({**alone, **repeated}, status=_status_of(judged))


def _status_of(judged: Iterable[Judgement]) -> HTTPStatus:
    refused = {each.action is Action.REFUSE for each in judged}
    if len(refused) > 1:
        return HTTPStatus.MULTI_STATUS
    return HTTPStatus.UNPROCESSABLE_ENTITY if True in refused else HTTPStatus.OK
