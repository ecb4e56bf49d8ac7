"""``matricula sso migrate-keys``: a school calls its students by other keys now."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json
from matricula.lms.identities.api import Rekeyed, Rekeying, RekeyVerdict
from matricula.lms.kernel.api import Invalid
from matricula.lms.organizations.api import get_organization
from matricula.lms.sign_on.api import (
    map_keys_of_subjects,
    plan_key_migration,
)
from matricula.lms.sign_on.api import (
    migrate_keys as apply,
)

BY_KEY, BY_SUBJECT = ["old_key", "new_key"], ["subject", "new_key"]
REFUSED = {
    RekeyVerdict.CONFLICT,
    RekeyVerdict.INVALID,
    RekeyVerdict.REPEATED,
    RekeyVerdict.RETIRED,
}
MOST_ROWS = 200_000


class UnreadableKeyFile(Invalid):
    """The file is no list of old and new keys."""

    code = "unreadable-key-file"


def migrate_keys(
    file: Annotated[
        Path,
        typer.Argument(help="CSV in UTF-8: old_key,new_key or, with --provider, subject,new_key."),
    ],
    *,
    organization: Annotated[str, typer.Option("--organization", help="The school, by its key.")],
    provider: Annotated[
        str | None, typer.Option("--provider", help="Whose subjects the file names.")
    ] = None,
    do_it: Annotated[
        bool, typer.Option("--apply", help="Do it; without this, say it only.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with each change.")] = (
        "the school has changed its student keys"
    ),
    result: Annotated[
        Path | None,
        typer.Option("--result", metavar="OUT.csv", help="Write each row with its verdict."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Move a school's students from old keys to new ones. Exit status 1: some row is refused.

    Without --apply nothing is written. Where a roster has not brought the new key yet, all that is
    the old key's goes on under the new one; where it has, both are bound to one account.
    """
    organization_id = get_organization(key=organization).pk
    pairs = _read_pairs(file, provider)
    if do_it:
        answers = apply(
            organization_id=organization_id, pairs=pairs, by=operator(), at=now(), reason=reason
        )
    else:
        answers = plan_key_migration(organization_id=organization_id, pairs=pairs, by=operator())
    if result is not None:
        _write_result(result, pairs, answers)
    _tell(pairs, answers, is_done=do_it, as_json=as_json)
    if any(answer.verdict in REFUSED for answer in answers):
        raise typer.Exit(1)


def _read_pairs(file: Path, provider: str | None) -> list[Rekeying]:
    header = BY_KEY if provider is None else BY_SUBJECT
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableKeyFile(f"{file} cannot be read: {error}.") from error
    if not rows or [each.strip() for each in rows[0]] != header:
        raise UnreadableKeyFile(f"{file} must begin with {','.join(header)}.")
    body = [row for row in rows[1:] if any(row)]
    if len(body) > MOST_ROWS:
        raise UnreadableKeyFile(f"{file} has more than {MOST_ROWS} rows: cut it into several.")
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise UnreadableKeyFile(f"{file}: row {line} does not have {len(header)} columns.")
    if provider is None:
        return [Rekeying(old, new) for old, new in body]
    known = map_keys_of_subjects(
        slug=provider, subjects={subject for subject, _ in body}, by=operator()
    )
    return [Rekeying(known.get(subject, ""), new) for subject, new in body]


def _write_result(path: Path, pairs: Sequence[Rekeying], answers: Sequence[Rekeyed]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["old_key", "new_key", "verdict", "old_was", "new_was"])
        writer.writerows(
            (pair.old, pair.new, answer.verdict.value, answer.old, answer.new)
            for pair, answer in zip(pairs, answers, strict=True)
        )


def _tell(
    pairs: Sequence[Rekeying], answers: Sequence[Rekeyed], *, is_done: bool, as_json: bool
) -> None:
    counts = Counter(answer.verdict.value for answer in answers)
    if as_json:
        rows = [
            {"old_key": pair.old, "new_key": pair.new, "verdict": answer.verdict.value}
            | {"old_was": answer.old, "new_was": answer.new}
            for pair, answer in zip(pairs, answers, strict=True)
        ]
        show_json({"applied": is_done, "counts": dict(counts), "rows": rows})
        return
    say("Done:" if is_done else "Nothing was written. With --apply:")
    for verdict in RekeyVerdict:
        if counts[verdict.value]:
            say(f"{counts[verdict.value]:>7}  {verdict.value}: {_MEANINGS[verdict]}")


_MEANINGS = {
    RekeyVerdict.RENAMED: "all that is the old key's is the new key's",
    RekeyVerdict.JOINED: "both keys are one account's",
    RekeyVerdict.ALREADY: "nothing is left to do",
    RekeyVerdict.BOTH_WAIT: "rosters have both keys, and nobody has proven either",
    RekeyVerdict.UNKNOWN: "nobody has mentioned either key",
    RekeyVerdict.CONFLICT: "the keys are two accounts': support has to look",
    RekeyVerdict.REPEATED: "a key is on another line as well",
    RekeyVerdict.INVALID: "a key cannot be one, or both are the same",
    RekeyVerdict.RETIRED: "one of them was retired",
}
