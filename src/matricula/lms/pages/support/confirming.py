"""Confirming: what will change is shown first, and done once somebody has said why."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matricula.lms.kernel.api import Conflict, Invalid

Done = tuple[str, str]
"""What was done, in a sentence, and the address to go on at."""


class ChangedMeanwhile(Conflict):
    """What the page had shown is not so any more, so it was not what was confirmed."""

    code = "changed-meanwhile"


def confirm(
    request: HttpRequest, page: str, shown: dict[str, Any], do: Callable[[str], Done]
) -> HttpResponse:
    """Show what will change; once that is confirmed, do it, with the reason that was given.

    What is refused is said on the same page, which shows how things are by then.
    """
    if request.method != "POST":
        return render(request, page, shown)
    reason = request.POST.get("reason", "").strip()
    try:
        said, where = do(reason)
    except (Conflict, Invalid) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        shown |= {"fault": str(refusal), "fault_code": refusal.code, "reason": reason}
        return render(request, page, shown, status=status)
    messages.success(request, said)
    return redirect(where)


def ask_again(
    request: HttpRequest, page: str, shown: dict[str, Any], fault: object = ""
) -> HttpResponse:
    """Show a page that asks whom or what is meant; with a fault if something was said already."""
    status = 422 if fault else 200
    return render(request, page, {**shown, "fault": str(fault)}, status=status)
