"""The door of integrity."""

from matricula.lms.integrity.checking import Finding, check_integrity
from matricula.lms.integrity.invariants import INVARIANTS, Invariant, Severity

__all__ = ["INVARIANTS", "Finding", "Invariant", "Severity", "check_integrity"]
