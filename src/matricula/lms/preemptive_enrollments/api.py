"""The door of preemptive enrollments."""

from matricula.lms.preemptive_enrollments.listing import Waiting, WaitingEnrollment, list_waiting
from matricula.lms.preemptive_enrollments.withdrawing import (
    LONGEST_DAYS,
    NothingChosen,
    TakenBack,
    expire_waiting,
    withdraw_waiting,
)

__all__ = [
    "LONGEST_DAYS",
    "NothingChosen",
    "TakenBack",
    "Waiting",
    "WaitingEnrollment",
    "expire_waiting",
    "list_waiting",
    "withdraw_waiting",
]
