"""The policy: permissions, and the roles that hold them. It can be read aloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matricula.registrar.kernel.api import ActorKind


class Permission(StrEnum):
    """What may be done, in a program or everywhere."""

    READ_METADATA = "read_metadata"
    READ_ENROLLMENTS = "read_enrollments"
    WRITE_ENROLLMENTS = "write_enrollments"
    READ_REPORTS = "read_reports"
    CATALOG_SYNC = "catalog:sync"
    COPIES_KEEP = "copies:keep"
    JOBS_READ = "jobs:read"
    """The jobs of others."""
    ROLES_GIVE = "roles:give"


DEEDS: Mapping[Permission, str] = {
    Permission.READ_METADATA: "see the courses",
    Permission.READ_ENROLLMENTS: "download enrollments",
    Permission.WRITE_ENROLLMENTS: "change enrollments",
    Permission.READ_REPORTS: "download reports",
    Permission.CATALOG_SYNC: "bring the catalog",
    Permission.COPIES_KEEP: "keep copies of the LMS's enrollments",
    Permission.JOBS_READ: "see the jobs of others",
    Permission.ROLES_GIVE: "say who may do what",
}
"""What each lets somebody do, in words that end ``You may not``."""

API_PERMISSIONS = frozenset(
    {
        Permission.READ_METADATA,
        Permission.READ_ENROLLMENTS,
        Permission.WRITE_ENROLLMENTS,
        Permission.READ_REPORTS,
    }
)
"""Those that callers know, always of a program."""

OF_ROSTERS = frozenset({Permission.READ_ENROLLMENTS, Permission.WRITE_ENROLLMENTS})
"""Those that nobody has in a program that schools do not enroll in."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions, given for an organization, a program or everywhere."""

    name: str
    description: str
    permissions: frozenset[Permission]


_METADATA = frozenset({Permission.READ_METADATA})

ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        Role("read_metadata", "Sees the programs and their courses.", _METADATA),
        Role(
            "read_enrollments",
            "Sees and downloads enrollments.",
            _METADATA | {Permission.READ_ENROLLMENTS},
        ),
        Role(
            "read_write_enrollments",
            "Sees, downloads and changes enrollments: a school's registrar.",
            _METADATA | OF_ROSTERS,
        ),
        Role("read_reports", "Downloads reports.", _METADATA | {Permission.READ_REPORTS}),
        Role("administrator", "Does all there is to do.", frozenset(Permission)),
    )
}

EVERYWHERE_ONLY = frozenset({"administrator"})
"""Roles that cannot be given for one organization or program."""

PERMISSIONS_BY_KIND: Mapping[ActorKind, frozenset[Permission]] = {
    ActorKind.OPERATOR: frozenset(Permission),
    ActorKind.WORKER: frozenset({Permission.CATALOG_SYNC, Permission.COPIES_KEEP}),
    ActorKind.ACCOUNT: frozenset(),
}
"""What an actor may do everywhere by what it is, before any role."""
