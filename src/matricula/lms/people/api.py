"""The door of people."""

from matricula.lms.people.closing import OnlyOwnAccount, close_own_account
from matricula.lms.people.collecting import OwnData, collect_own_data
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
    "OnlyOwnAccount",
    "OwnData",
    "Retirement",
    "SameAccount",
    "begin_masquerade",
    "close_own_account",
    "collect_own_data",
    "end_masquerade",
    "find_masquerade",
    "list_masquerades",
    "merge_accounts",
    "retire_account",
]
