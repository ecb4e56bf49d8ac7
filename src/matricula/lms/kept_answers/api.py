"""The door of kept answers."""

from matricula.lms.kept_answers.answering import (
    Answered,
    InvalidKey,
    KeyUsedOtherwise,
    StillRunning,
    answer_once,
    forget_answers,
)
from matricula.lms.kept_answers.erasing import erase_from_answers

__all__ = [
    "Answered",
    "InvalidKey",
    "KeyUsedOtherwise",
    "StillRunning",
    "answer_once",
    "erase_from_answers",
    "forget_answers",
]
