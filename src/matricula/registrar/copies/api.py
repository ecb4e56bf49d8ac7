"""The door of copies. Of their rows, those alone pass it that are missing from a compared file."""

from matricula.registrar.copies.comparing import Comparison, compare_upload
from matricula.registrar.copies.describing import CopyOutline, describe_copies, list_copies
from matricula.registrar.copies.forgetting import forget_copies, forget_superfluous_copies
from matricula.registrar.copies.granting import grant_wishes
from matricula.registrar.copies.keeping import keep_copies
from matricula.registrar.copies.missing import MissingRow
from matricula.registrar.copies.outlining import (
    Outline,
    Past,
    PastMonth,
    find_past,
    outline_programs,
)
from matricula.registrar.copies.refreshing import CopyNotProven, CopyTooLarge, refresh_copy
from matricula.registrar.copies.staging import SentRow
from matricula.registrar.copies.wishing import wish_for_copies

__all__ = [
    "Comparison",
    "CopyNotProven",
    "CopyOutline",
    "CopyTooLarge",
    "MissingRow",
    "Outline",
    "Past",
    "PastMonth",
    "SentRow",
    "compare_upload",
    "describe_copies",
    "find_past",
    "forget_copies",
    "forget_superfluous_copies",
    "grant_wishes",
    "keep_copies",
    "list_copies",
    "outline_programs",
    "refresh_copy",
    "wish_for_copies",
]
