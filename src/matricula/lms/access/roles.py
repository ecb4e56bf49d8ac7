"""The policy: permissions, and the roles that hold them. It can be read aloud.

A permission is ``resource:action``.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matricula.lms.kernel.api import ActorKind


class Permission(StrEnum):
    """What may be done."""

    ACCOUNTS_CREATE = "accounts:create"
    ACCOUNTS_MASQUERADE = "accounts:masquerade"
    """To look at the LMS as a learner."""
    ACCOUNTS_MERGE = "accounts:merge"
    ACCOUNTS_RETIRE = "accounts:retire"
    CATALOG_LOAD = "catalog:load"
    CLIENTS_MANAGE = "clients:manage"
    ENROLLMENTS_READ = "enrollments:read"
    ENROLLMENTS_WRITE = "enrollments:write"
    GRADES_WRITE = "grades:write"
    IDENTITIES_ASSERT = "identities:assert"
    IDENTITIES_LINK = "identities:link"
    INTEGRITY_CHECK = "integrity:check"
    KEYS_MANAGE = "keys:manage"
    PLATFORM_OPERATE = "platform:operate"
    """To see how the platform runs, enter the admin, and send given-up mail again."""
    ROLES_GIVE = "roles:give"
    SEATS_TAKE = "seats:take"
    """To enroll in what is open, in a mode that learners choose themselves."""
    SIGN_ON_MANAGE = "sign-on:manage"
    """To register schools' providers, and to move students from old keys to new ones."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions, given to an account for one organization or everywhere."""

    name: str
    description: Promise
    permissions: frozenset[Permission]


_READ = frozenset({Permission.ENROLLMENTS_READ})

ROLES = {
    role.name: role
    for role in (
        Role("read", _("Sees an organization's enrollments: a school's reporting."), _READ),
        Role(
            "write",
            _("Sees and changes an organization's enrollments: its registrar."),
            _READ | {Permission.ENROLLMENTS_WRITE, Permission.GRADES_WRITE},
        ),
        Role(
            "support",
            _("Sees enrollments, links and unlinks identities: the platform's support agents."),
            _READ
            | {
                Permission.ACCOUNTS_CREATE,
                Permission.ACCOUNTS_MASQUERADE,
                Permission.ACCOUNTS_MERGE,
                Permission.ACCOUNTS_RETIRE,
                Permission.IDENTITIES_LINK,
            },
        ),
        Role("catalog", _("Loads the catalog."), frozenset({Permission.CATALOG_LOAD})),
        Role(
            "sign-on",
            _("Registers schools' providers: the platform's engineers, in the admin."),
            frozenset({Permission.SIGN_ON_MANAGE}),
        ),
        Role(
            "operator",
            _("Sees everything and how it runs, and gives roles: who runs the platform."),
            _READ
            | {Permission.INTEGRITY_CHECK, Permission.PLATFORM_OPERATE, Permission.ROLES_GIVE},
        ),
    )
}

PERMISSIONS_BY_KIND = {
    ActorKind.OPERATOR: frozenset(Permission),
    ActorKind.SIGN_ON: frozenset({Permission.IDENTITIES_ASSERT, Permission.ACCOUNTS_CREATE}),
    ActorKind.SERVER: frozenset({Permission.ENROLLMENTS_READ, Permission.ENROLLMENTS_WRITE}),
    ActorKind.ACCOUNT: frozenset[Permission](),
}
"""What an actor may do everywhere by what it is, before any role."""

AT_HOME = {ActorKind.SIGN_ON: frozenset({Permission.IDENTITIES_ASSERT})}
"""What they may do for their own organization alone: no school vouches for another."""

ABOUT_ONESELF = frozenset({Permission.ENROLLMENTS_READ, Permission.SEATS_TAKE})
"""What an account may do about itself, without any role."""
