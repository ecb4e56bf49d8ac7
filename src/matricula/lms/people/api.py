"""The door of people."""

from matricula.lms.people.masquerading import (
    MasqueradeOutline,
    NobodyThere,
    NoMasquerade,
    begin_masquerade,
    end_masquerade,
    find_masquerade,
    list_masquerades,
)
from matricula.lms.people.merging import Merger, NotMergeable, SameAccount, merge_accounts
from matricula.lms.people.retiring import AccountMerged, Erased, Kept, Retirement, retire_account

__all__ = [
    "AccountMerged",
    "Erased",
    "Kept",
    "MasqueradeOutline",
    "Merger",
    "NoMasquerade",
    "NobodyThere",
    "NotMergeable",
    "Retirement",
    "SameAccount",
    "begin_masquerade",
    "end_masquerade",
    "find_masquerade",
    "list_masquerades",
    "merge_accounts",
    "retire_account",
]
