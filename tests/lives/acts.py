"""The rest of the model: direct grants, claims, staff's links, retirement, taking back."""

from collections.abc import Sequence
from datetime import datetime

from tests.lives.model import (
    Answer,
    Choice,
    DirectRow,
    Dispute,
    Enrollment,
    Grant,
    Name,
    Person,
    World,
)
from tests.lives.words import ACCOUNTS, BAD_KEYS, FOLDED, MODES


def write_direct(
    world: World, rows: Sequence[DirectRow], *, mode: str, at: datetime, uuids: dict[str, str]
) -> list[Answer]:
    judged = [_judge_direct(world, row, rows, mode=mode, uuids=uuids) for row in rows]
    for row, (_, verdict) in zip(rows, judged, strict=True):
        words_are_good = verdict not in {"invalid-key", "duplicated", "invalid-mode"}
        if mode != "update" and words_are_good and _may_be_mentioned(world, row, uuids):
            person = world.mention(
                row.name, {each.value.strip() for each in rows if each.name == row.name}
            )
            if row.name[0] == "account":
                person.account, person.via = account_of(uuids, row.name), "account"
    for row, (action, _) in zip(rows, judged, strict=True):
        holder = world.find(row.name)
        grant = direct_grant(world, holder, row.run)
        if action == "create" and holder is not None:
            given = row.mode or "audit"
            world.grants.append(Grant(holder, row.run, None, given, row.is_active, at, at))
        elif action == "update" and grant is not None:
            grant.mode, grant.is_active = row.mode or grant.mode, row.is_active
            grant.modified = at
    return judged


def _judge_direct(  # noqa: PLR0911  the order of judgement, line by line
    world: World,
    row: DirectRow,
    rows: Sequence[DirectRow],
    *,
    mode: str,
    uuids: dict[str, str],
) -> Answer:
    if row.value in BAD_KEYS:
        return ("refuse", "invalid-key")
    if [(each.name, each.run) for each in rows].count((row.name, row.run)) > 1:
        return ("refuse", "duplicated")
    if row.mode and row.mode not in MODES:
        return ("refuse", "invalid-mode")
    grant = direct_grant(world, world.find(row.name), row.run)
    verdict = "active" if row.is_active else "inactive"
    if grant is not None:
        if mode == "create":
            return ("refuse", "conflict")
        same = grant.is_active == row.is_active and row.mode in {"", grant.mode}
        return ("unchanged" if same else "update", verdict)
    if mode == "update" or not _may_be_mentioned(world, row, uuids):
        return ("refuse", "not-found")
    return ("create", verdict)


def _may_be_mentioned(world: World, row: DirectRow, uuids: dict[str, str]) -> bool:
    return row.name[0] != "account" or account_of(uuids, row.name) in (
        set(ACCOUNTS) - world.retired
    )


def account_of(uuids: dict[str, str], name: Name) -> str | None:
    return next((account for account, uuid in uuids.items() if uuid == name[2]), None)


def direct_grant(world: World, person: Person | None, run: str) -> Grant | None:
    found = (
        grant
        for grant in world.grants
        if grant.person is person and grant.run == run and grant.through is None
    )
    return next(found, None)


def bind(world: World, claims: Sequence[tuple[Name, str, str]], *, via: str) -> list[str]:
    """Claims are of name, value and account; the answer is an outcome each, or one refusal."""
    if any(account in world.retired for _, _, account in claims):
        return ["account-retired"]
    outcomes = []
    for name, value, account in claims:
        person = world.mention(name, {value.strip()})
        if person.account is None:
            person.account, person.via = account, via
            _close(world, [each for each in world.disputes if _is(each, person, account)])
            outcomes.append("bound")
        elif person.account == account:
            outcomes.append("already")
        else:
            _dispute(world, person, account)
            outcomes.append("refused")
    return outcomes


def _dispute(world: World, person: Person, claimant: str) -> None:
    assert person.account is not None
    for dispute in world.disputes:
        if _is(dispute, person, claimant):
            dispute.attempts += 1
            dispute.holder = person.account
            return
    world.disputes.append(Dispute(person, person.account, claimant))


def _is(dispute: Dispute, person: Person, claimant: str) -> bool:
    return dispute.person is person and dispute.claimant == claimant


def _close(world: World, closed: Sequence[Dispute]) -> int:
    world.disputes = [dispute for dispute in world.disputes if dispute not in closed]
    return len(closed)


def unbind(world: World, name: Name) -> str:
    person = world.find(name)
    if person is None:
        return "identity-not-found"
    if name[0] == "account":
        return "not-movable"
    if person.account is None:
        return "not-bound"
    holder, person.account, person.via = person.account, None, None
    return holder


def rebind(world: World, name: Name, account: str) -> str | None:
    """Whose it was, or the refusal."""
    person = world.find(name)
    if account in world.retired:
        return "account-retired"
    if person is None:
        return "identity-not-found"
    if name[0] == "account":
        return "not-movable"
    return _move(world, person, account)


def _move(world: World, person: Person, account: str) -> str | None:
    _close(world, [each for each in world.disputes if _is(each, person, account)])
    before = person.account
    if before != account:
        person.account, person.via = account, "staff"
    return before


def resolve(world: World, dispute: Dispute, *, rebinding: bool) -> None:
    _close(world, [dispute])
    if rebinding:
        _move(world, dispute.person, dispute.claimant)


def retire(world: World, account: str) -> tuple[int, int]:
    """How many identities were retired, and how many conflicts closed."""
    if account in world.retired:
        return (0, 0)
    world.retired.add(account)
    address = world.find(("email", None, FOLDED[ACCOUNTS[account]]))
    gone = world.names_of(account)
    if address is not None and address.account is None:
        gone.append(address)
    for person in gone:
        person.account, person.via, person.is_retired = None, None, True
    closed = [
        each
        for each in world.disputes
        if account in {each.claimant, each.holder} or each.person in gone
    ]
    return (len(gone), _close(world, closed))


def chosen(world: World, which: Choice) -> tuple[list[Enrollment], list[Grant]]:
    """The waiting program enrollments and direct grants that are meant."""
    enrollments = [
        each
        for each in world.enrollments
        if _is_meant(each.person, which)
        and which.program in {None, each.program}
        and _is_old(_last_change(world, each), which)
    ]
    direct = [
        each
        for each in world.grants
        if each.through is None
        and _is_meant(each.person, which)
        and which.program is None
        and _is_old(each.modified, which)
    ]
    return enrollments, direct


def _is_meant(person: Person, which: Choice) -> bool:
    return (
        person.waits
        and which.school in {None, person.name[1]}
        and (which.names is None or person.name in which.names)
    )


def _last_change(world: World, enrollment: Enrollment) -> datetime:
    grants = [grant.modified for grant in world.grants if grant.through is enrollment]
    return max([enrollment.modified, *grants])


def _is_old(last_change: datetime, which: Choice) -> bool:
    return which.unchanged_since is None or last_change <= which.unchanged_since


def take_back(world: World, which: Choice) -> tuple[int, int, int]:
    enrollments, direct = chosen(world, which)
    grants = [each for each in world.grants if each in direct or each.through in enrollments]
    roles = [each for each in world.roles if each.through in enrollments]
    world.enrollments = [each for each in world.enrollments if each not in enrollments]
    world.grants = [each for each in world.grants if each not in grants]
    world.roles = [each for each in world.roles if each not in roles]
    return (len(enrollments), len(grants), len(roles))
