"""The door of rosters."""

from matricula.lms.rosters.answering import Answer, Answers, answering_to
from matricula.lms.rosters.applying import apply_roster, plan_roster
from matricula.lms.rosters.exporting import Exported, export_columns, export_roster
from matricula.lms.rosters.opening import (
    NoRoomForRoster,
    RosterChanged,
    RosterFile,
    UnopenableRoster,
    open_roster,
)
from matricula.lms.rosters.reading import EmptyRoster, MissingColumns, RepeatedColumns
from matricula.lms.rosters.replacing import FileNotFinished, NotReplaceable, replacing
from matricula.lms.rosters.splitting import UnreadableRoster

__all__ = [
    "Answer",
    "Answers",
    "EmptyRoster",
    "Exported",
    "FileNotFinished",
    "MissingColumns",
    "NoRoomForRoster",
    "NotReplaceable",
    "RepeatedColumns",
    "RosterChanged",
    "RosterFile",
    "UnopenableRoster",
    "UnreadableRoster",
    "answering_to",
    "apply_roster",
    "export_columns",
    "export_roster",
    "open_roster",
    "plan_roster",
    "replacing",
]
