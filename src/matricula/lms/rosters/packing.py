"""Packing chunks and their answers into bytes, as a job stores them."""

import zlib
from operator import itemgetter

import msgspec
from msgspec.structs import replace

from matricula.lms.kernel.api import Action, Foreseen, Judgement
from matricula.lms.rosters.reading import Chunk, Layout

LEVEL = 1
"""Of compression: the fastest; keys and words repeat so much that more gains little."""


Packed = bytes | memoryview


class PackedRows(msgspec.Struct, array_like=True, frozen=True):
    """A chunk, column by column; ``tails`` has what stands behind the last one, by position."""

    lines: list[int]
    columns: list[list[str]]
    tails: dict[int, list[str]]
    misfits: dict[int, Judgement]


class PackedAnswers(msgspec.Struct, array_like=True, frozen=True):
    """Actions, verdicts and reasons by position; ``reasons`` has those that say something.

    ``befores`` and ``afters`` are those of a plan; other answers have none.
    """

    actions: list[Action]
    verdicts: list[str]
    reasons: dict[int, str]
    befores: list[str] = []
    afters: list[str] = []


_encoder = msgspec.msgpack.Encoder()
_rows_decoder = msgspec.msgpack.Decoder(PackedRows)
_answers_decoder = msgspec.msgpack.Decoder(PackedAnswers)


def pack_chunk(chunk: Chunk, layout: Layout) -> bytes:
    """Return a chunk as bytes."""
    width = len(layout.names)
    tails = {at: cells[width:] for at, cells in enumerate(chunk.cells) if len(cells) > width}
    columns = [list(map(itemgetter(place), chunk.cells)) for place in range(width)]
    lines = [row.line for row in chunk.rows]
    return pack(PackedRows(lines, columns, tails, chunk.misfits))


def unpack_rows(packed: Packed, layout: Layout) -> Chunk:
    """Return the chunk that was packed, without its cells."""
    found = open_rows(packed)
    return Chunk(layout.make_rows(found.lines, found.columns), [], found.misfits)


def unpack_chunk(packed: Packed, layout: Layout) -> Chunk:
    """Return the chunk that was packed."""
    found = open_rows(packed)
    cells = list(map(list, zip(*found.columns, strict=True)))
    for at, tail in found.tails.items():
        cells[at].extend(tail)
    return Chunk(layout.make_rows(found.lines, found.columns), cells, found.misfits)


def open_rows(packed: Packed) -> PackedRows:
    """Return the columns of the chunk that was packed, to be changed and packed again."""
    return _rows_decoder.decode(zlib.decompress(packed))


def open_answers(packed: Packed) -> PackedAnswers:
    """Return the answers that were packed, to be changed and packed again."""
    return _answers_decoder.decode(zlib.decompress(packed))


def pack_answers(judged: list[Judgement]) -> bytes:
    """Return answers as bytes."""
    return pack(_as_columns(judged))


def pack_foreseen(foreseen: list[Foreseen]) -> bytes:
    """Return the answers of a plan as bytes."""
    columns = _as_columns([each.judgement for each in foreseen])
    befores, afters = [each.before for each in foreseen], [each.after for each in foreseen]
    return pack(replace(columns, befores=befores, afters=afters))


def unpack_answers(packed: Packed, chunk: Chunk) -> list[Judgement]:
    """Return the answers to a chunk that were packed."""
    found = open_answers(packed)
    reasons = found.reasons
    lines = (row.line for row in chunk.rows)
    answered = zip(lines, found.actions, found.verdicts, strict=True)
    return [Judgement(*each, reasons.get(at, "")) for at, each in enumerate(answered)]


def unpack_foreseen(packed: Packed, chunk: Chunk) -> list[Foreseen]:
    """Return the answers of a plan that were packed."""
    found = open_answers(packed)
    judged = unpack_answers(packed, chunk)
    return list(map(Foreseen, judged, found.befores, found.afters))


def _as_columns(judged: list[Judgement]) -> PackedAnswers:
    reasons = {at: each.reason for at, each in enumerate(judged) if each.reason}
    actions = [each.action for each in judged]
    return PackedAnswers(actions, [each.verdict for each in judged], reasons)


def pack(packed: PackedRows | PackedAnswers) -> bytes:
    """Return columns or answers as bytes."""
    return zlib.compress(_encoder.encode(packed), LEVEL)
