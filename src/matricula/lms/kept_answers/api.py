"""The door of kept answers."""

from matricula.lms.kept_answers.answering import (
    Answered,
    InvalidKey,
    KeyUsedOtherwise,
    StillRunning,
    answer_once,
    forget_answers,
)

__all__ = [
    "Answered",
    "InvalidKey",
    "KeyUsedOtherwise",
    "StillRunning",
    "answer_once",
    "forget_answers",
]
