"""The policy, read aloud."""

import re

from matricula.lms.access.api import ROLES, Permission


def test_each_role_holds_what_it_is_for() -> None:
    held = {
        name: {str(permission) for permission in role.permissions} for name, role in ROLES.items()
    }
    assert held == {
        "read": {"enrollments:read"},
        "write": {"enrollments:read", "enrollments:write", "grades:write"},
        "support": {
            "enrollments:read",
            "identities:link",
            "accounts:create",
            "accounts:masquerade",
            "accounts:merge",
            "accounts:retire",
        },
        "catalog": {"catalog:load"},
        "sign-on": {"sign-on:manage"},
        "operator": {"enrollments:read", "integrity:check", "platform:operate", "roles:give"},
    }


def test_a_permission_is_a_resource_and_an_action() -> None:
    for permission in Permission:
        assert re.fullmatch(r"[a-z-]+:[a-z]+", permission)


def test_no_role_asserts_who_somebody_is() -> None:
    for role in ROLES.values():
        assert Permission.IDENTITIES_ASSERT not in role.permissions
