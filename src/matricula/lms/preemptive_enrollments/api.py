"""The door of preemptive enrollments."""

from matricula.lms.preemptive_enrollments.allowing import (
    Allowance,
    AlreadyAllowed,
    NotAllowedIn,
    allow_enrollment,
    disallow_enrollment,
    list_allowances,
)
from matricula.lms.preemptive_enrollments.inviting import (
    Invitation,
    Invitations,
    invite,
    uninvite,
)
from matricula.lms.preemptive_enrollments.listing import Waiting, WaitingEnrollment, list_waiting
from matricula.lms.preemptive_enrollments.paging import WaitingKey, WaitingPage, page_waiting
from matricula.lms.preemptive_enrollments.recognizing import Standing
from matricula.lms.preemptive_enrollments.resetting import (
    Reset,
    ResetNotEnabled,
    is_reset_enabled,
    reset_organization,
)
from matricula.lms.preemptive_enrollments.withdrawing import (
    LONGEST_DAYS,
    NothingChosen,
    TakenBack,
    expire_waiting,
    withdraw_waiting,
)

__all__ = [
    "LONGEST_DAYS",
    "Allowance",
    "AlreadyAllowed",
    "Invitation",
    "Invitations",
    "NotAllowedIn",
    "NothingChosen",
    "Reset",
    "ResetNotEnabled",
    "Standing",
    "TakenBack",
    "Waiting",
    "WaitingEnrollment",
    "WaitingKey",
    "WaitingPage",
    "allow_enrollment",
    "disallow_enrollment",
    "expire_waiting",
    "invite",
    "is_reset_enabled",
    "list_allowances",
    "list_waiting",
    "page_waiting",
    "reset_organization",
    "uninvite",
    "withdraw_waiting",
]
