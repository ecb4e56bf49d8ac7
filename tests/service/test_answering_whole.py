"""Handing answers to the server of HTTP."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse

from matricula.service.answering_whole import in_one_piece

Ends = list[object]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Note the requests that Django is told to be over."""
    seen: Ends = []

    def note(sender: object, **more: object) -> None:
        del more
        seen.append(sender)

    receivers, request_finished.receivers = request_finished.receivers, []
    request_finished.connect(note)
    yield seen
    request_finished.receivers = receivers


def test_a_whole_answer_is_a_list_and_its_request_is_over(ends: Ends) -> None:
    answer = HttpResponse(["part ", "and part"])
    assert in_one_piece(answer) == [b"part and part"]
    assert answer.closed
    assert len(ends) == 1


def test_what_is_made_on_the_way_is_asked_for_piece_by_piece(ends: Ends) -> None:
    made: list[bytes] = []

    def make() -> Iterator[bytes]:
        for part in (b"one", b"two"):
            made.append(part)
            yield part

    answer = in_one_piece(StreamingHttpResponse(make()))
    assert (made, ends) == ([], [])
    assert next(iter(answer)) == b"one"
    assert made == [b"one"]
