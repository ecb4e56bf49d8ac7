"""The door of copies. Nothing that passes it has a copy's rows."""

from matricula.registrar.copies.comparing import Comparison, compare_upload
from matricula.registrar.copies.describing import CopyOutline, describe_copies, list_copies
from matricula.registrar.copies.forgetting import forget_copies, forget_superfluous_copies
from matricula.registrar.copies.keeping import keep_copies
from matricula.registrar.copies.refreshing import CopyNotProven, CopyTooLarge, refresh_copy
from matricula.registrar.copies.staging import SentRow

__all__ = [
    "Comparison",
    "CopyNotProven",
    "CopyOutline",
    "CopyTooLarge",
    "SentRow",
    "compare_upload",
    "describe_copies",
    "forget_copies",
    "forget_superfluous_copies",
    "keep_copies",
    "list_copies",
    "refresh_copy",
]
