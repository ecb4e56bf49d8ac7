"""The door of preemptive enrollments."""

from matricula.lms.preemptive_enrollments.listing import Waiting, WaitingEnrollment, list_waiting
from matricula.lms.preemptive_enrollments.withdrawing import (
    NothingChosen,
    TakenBack,
    expire_waiting,
    withdraw_waiting,
)

__all__ = [
    "NothingChosen",
    "TakenBack",
    "Waiting",
    "WaitingEnrollment",
    "expire_waiting",
    "list_waiting",
    "withdraw_waiting",
]
