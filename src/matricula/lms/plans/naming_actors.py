"""Naming who acted: what is kept of them is an id, and their name is looked up when it is told.

So whoever is renamed or retired meanwhile is told as they are called now.
"""

import re
from collections.abc import Sequence

from matricula.lms.accounts.api import map_usernames
from matricula.lms.kernel.api import ActorKind, Judgement, Verdict

_ACCOUNT = re.compile(rf"\b{ActorKind.ACCOUNT}:(\d+)\b")


def tell_reasons(judged: Sequence[Judgement]) -> list[str]:
    """Return the reasons of some rows, with the usernames of those who have changed them since.

    One query, or none. Whoever may see the plan may see who else writes to its program.
    """
    since = [each.reason for each in judged if each.verdict == Verdict.CHANGED_SINCE]
    ids = {int(id_) for reason in since for id_ in _ACCOUNT.findall(reason)}
    if not ids:
        return [each.reason for each in judged]
    names = map_usernames(account_ids=ids)

    def name(found: re.Match[str]) -> str:
        return names.get(int(found[1]), found[0])

    return [
        _ACCOUNT.sub(name, each.reason) if each.verdict == Verdict.CHANGED_SINCE else each.reason
        for each in judged
    ]
