"""The door of the kernel."""

from matricula.registrar.kernel.actors import Actor, ActorKind
from matricula.registrar.kernel.pacing import in_steps, pacing
from matricula.registrar.kernel.reaching import (
    LmsIsBroken,
    LmsIsBusy,
    LmsIsUnreachable,
    LmsNotSetUp,
    LmsRefusesUs,
    lms_access,
    reaching_lms,
    telling_trouble,
)

__all__ = [
    "Actor",
    "ActorKind",
    "LmsIsBroken",
    "LmsIsBusy",
    "LmsIsUnreachable",
    "LmsNotSetUp",
    "LmsRefusesUs",
    "in_steps",
    "lms_access",
    "pacing",
    "reaching_lms",
    "telling_trouble",
]
