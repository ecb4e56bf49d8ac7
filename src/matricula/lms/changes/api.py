"""The door of changes."""

from matricula.lms.changes.cursors import START, Cursor, InvalidCursor
from matricula.lms.changes.following import ChangePage, list_changes
from matricula.lms.changes.looking_back import LearnerChanges, list_changes_of_learner
from matricula.lms.changes.noting import (
    MOST_COUNTED,
    FollowerFigure,
    list_followers,
    note_follower,
)
from matricula.lms.changes.telling import Change

__all__ = [
    "MOST_COUNTED",
    "START",
    "Change",
    "ChangePage",
    "Cursor",
    "FollowerFigure",
    "InvalidCursor",
    "LearnerChanges",
    "list_changes",
    "list_changes_of_learner",
    "list_followers",
    "note_follower",
]
