"""The door of operating."""

from matricula.lms.operating.looking import MAIL_SHOWN, Figures, look_at_platform
from matricula.lms.operating.measuring import Ledger, Size, Table
from matricula.lms.operating.queueing import FailedTask, Queue, RosterJobFigure, Worker

__all__ = [
    "MAIL_SHOWN",
    "FailedTask",
    "Figures",
    "Ledger",
    "Queue",
    "RosterJobFigure",
    "Size",
    "Table",
    "Worker",
    "look_at_platform",
]
