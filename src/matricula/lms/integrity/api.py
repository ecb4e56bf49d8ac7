"""The door of integrity."""

from matricula.lms.integrity.checking import Finding, check_integrity
from matricula.lms.integrity.invariants import INVARIANTS, Invariant, Severity
from matricula.lms.integrity.keeping import CheckOutline, find_last_check, keep_check

__all__ = [
    "INVARIANTS",
    "CheckOutline",
    "Finding",
    "Invariant",
    "Severity",
    "check_integrity",
    "find_last_check",
    "keep_check",
]
