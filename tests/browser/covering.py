"""Which pages there are, and by which pictures they are covered: none is forgotten."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.urls.resolvers import RegexPattern, RoutePattern

SOURCES = Path(__file__).parents[2] / "src" / "matricula"
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "lms": ("lms/pages/urls.py", "lms/pages/support/urls.py", "lms/sign_on/urls.py"),
    "registrar": ("registrar/pages/urls.py", "registrar/pages/uploading/urls.py"),
}
ADMIN = "admin"
"""Its pages are Django's, which names them itself."""

PICTURED: Mapping[str, str] = {
    "addresses": "lms: account_email",
    "admin": "lms: admin",
    "again": "lms: account_reauthenticate",
    "close": "lms: close_account closed",
    "conflict": "lms: support_conflict",
    "conflicts": "lms: support_conflicts",
    "course": "lms: course find_course",
    "dashboard": "lms: dashboard",
    "data": "lms: own_data",
    "history": "lms: history",
    "home": "lms: home",
    "inactive": "lms: account_inactive",
    "join": "lms: sign_on",
    "learner": "lms: support_learner support_waiting support_waiting_student",
    "ledger": "lms: support_history",
    "link": "lms: support_link",
    "login": "lms: account_login",
    "logout": "lms: account_logout",
    "masquerade": "lms: begin_looking account_change_password",
    "merge": "lms: support_merge",
    "operating": "lms: support_operating",
    "password": "lms: account_change_password account_set_password",
    "program": "lms: program",
    "register": "lms: account_signup",
    "reset": "lms: account_reset_password account_reset_password_done"
    " account_reset_password_from_key account_reset_password_from_key_done",
    "retire": "lms: support_retire",
    "schools": "lms: socialaccount_connections",
    "sessions": "lms: sessions",
    "sign-on": "lms: sign_on sign_on_acs sign_on_callback sign_on_finish"
    " socialaccount_login_cancelled socialaccount_login_error",
    "support": "lms: support",
    "unlink": "lms: support_unlink",
    "verify": "lms: account_confirm_email account_email_verification_sent",
    "waiting-in": "lms: support_waiting_in",
    "withdraw": "lms: support_withdraw",
    "approvals": "registrar: approvals decide",
    "console": "registrar: home",
    "download": "registrar: download job",
    "jobs": "registrar: jobs",
    "not-signed-in": "registrar: complete_sign_in",
    "people": "registrar: people take_role",
    "plan": "registrar: job apply_plan",
    "registrar-admin": "registrar: admin",
    "registrar-program": "registrar: program",
    "reports": "registrar: reports",
    "signed-out": "registrar: sign_out",
    "student": "registrar: students",
    "upload": "registrar: job upload",
    "waiting": "registrar: waiting",
    "welcome": "registrar: home",
}
"""Which pages stand on the pictures of a name: whose, and what their addresses are called."""
TROUBLES = ("trouble", "registrar-trouble")
"""Their pictures are of whatever somebody may not see."""
SHUT_OUT = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
SHUT_THEMSELVES = ("course", "masquerade", "not-signed-in", "program", "verify")
"""Pages that say in their own words what is not there, or not for somebody."""
UNSEEN: Mapping[str, str] = {
    "lms: authorize": "leads back to the service that asked; what it refuses is a trouble",
    "lms: download_data": "a file",
    "lms: sign_on_metadata": "a file",
    "lms: socialaccount_signup": "leads to signing in: no school's people lack anything",
    "lms: stop_looking": "leads back to support",
    "lms: support_send_again": "leads back to how the platform runs",
    "registrar: cancel_job": "leads back to the job",
    "registrar: corrections": "a file",
    "registrar: counts": "leads back to the program",
    "registrar: discard_plan": "leads to the plan",
    "registrar: missing": "a file",
    "registrar: plan_again": "leads to the new plan",
    "registrar: plan_undo": "leads to the plan of it",
    "registrar: retry_job": "leads back to the job",
    "registrar: sign_in": "leads to the LMS",
    "registrar: upload_template": "a file",
}
"""Addresses that show no page, and what they do."""

Pattern = RoutePattern | RegexPattern


def require_shown(name: str, address: str, *, status: int) -> None:
    """Refuse a picture that is not of a page that its name stands for."""
    if name in TROUBLES:
        return
    is_shut_out = status in SHUT_OUT and name not in SHUT_THEMSELVES
    assert not is_shut_out, f"{name}: {address} answered {status}"
    path = urlsplit(address).path.removeprefix("/")
    assert any(pattern.match(path) for pattern in _list_patterns(name)), f"{name}: {address}"


@cache
def map_addresses() -> Mapping[str, Pattern]:
    """Read from the sources which addresses pages have, by what they are called."""
    found: dict[str, Pattern] = {
        f"{service}: {ADMIN}": RegexPattern(f"^{ADMIN}/") for service in ADDRESSES
    }
    for service, files in ADDRESSES.items():
        for file in files:
            tree = ast.parse((SOURCES / file).read_text())
            found |= {f"{service}: {name}": pattern for name, pattern in _read(tree)}
    return found


def list_covered() -> set[str]:
    """Return what the addresses are called of which there are pictures."""
    return {
        f"{service}: {each}"
        for service, names in (words.split(":") for words in PICTURED.values())
        for each in names.split()
    }


def _read(tree: ast.Module) -> Iterator[tuple[str, Pattern]]:
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        names = [each.value for each in call.keywords if each.arg == "name"]
        if call.func.id in ("path", "re_path") and names:
            route = ast.literal_eval(call.args[0])
            kind = RoutePattern if call.func.id == "path" else RegexPattern
            yield ast.literal_eval(names[0]), kind(route, is_endpoint=True)


def _list_patterns(name: str) -> list[Pattern]:
    service, names = PICTURED[name].split(":")
    return [map_addresses()[f"{service}: {each}"] for each in names.split()]
