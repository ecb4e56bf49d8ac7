"""Packing chunks and their answers into bytes, as a job stores them."""

import zlib
from typing import Any

import msgspec

from matricula.lms.kernel.api import Action, Judgement
from matricula.lms.rosters.reading import Chunk, Layout

LEVEL = 1
"""Of compression: the fastest; keys and words repeat so much that more gains little."""


Packed = bytes | memoryview


class PackedRows(msgspec.Struct, array_like=True, frozen=True):
    """A chunk without what can be made again of its cells."""

    lines: list[int]
    cells: list[list[str]]
    misfits: dict[int, Judgement]


class PackedAnswers(msgspec.Struct, array_like=True, frozen=True):
    """Actions, verdicts and reasons by position; ``reasons`` has those that say something."""

    actions: list[Action]
    verdicts: list[str]
    reasons: dict[int, str]


_encoder = msgspec.msgpack.Encoder()
_rows_decoder = msgspec.msgpack.Decoder(PackedRows)
_answers_decoder = msgspec.msgpack.Decoder(PackedAnswers)


def pack_chunk(chunk: Chunk) -> bytes:
    """Return a chunk as bytes."""
    return _pack(PackedRows([row.line for row in chunk.rows], chunk.cells, chunk.misfits))


def unpack_chunk(packed: Packed, layout: Layout) -> Chunk:
    """Return the chunk that was packed."""
    found = _rows_decoder.decode(zlib.decompress(packed))
    return Chunk(layout.make_rows(found.lines, found.cells), found.cells, found.misfits)


def pack_answers(judged: list[Judgement]) -> bytes:
    """Return answers as bytes."""
    reasons = {at: each.reason for at, each in enumerate(judged) if each.reason}
    actions = [each.action for each in judged]
    return _pack(PackedAnswers(actions, [each.verdict for each in judged], reasons))


def unpack_answers(packed: Packed, chunk: Chunk) -> list[Judgement]:
    """Return the answers to a chunk that were packed."""
    found = _answers_decoder.decode(zlib.decompress(packed))
    reasons = found.reasons
    lines = (row.line for row in chunk.rows)
    answered = zip(lines, found.actions, found.verdicts, strict=True)
    return [Judgement(*each, reasons.get(at, "")) for at, each in enumerate(answered)]


def _pack(packed: Any) -> bytes:  # noqa: ANN401  one of the structs above
    return zlib.compress(_encoder.encode(packed), LEVEL)
