"""What support agents are told. They act on these words: keep them stable."""

from typing import Final

# Of the inspector
ASK_FOR_SOMEBODY: Final = (
    "Search by username, by e-mail address, or by institution together with external key."
)
NO_ACCOUNT: Final = "No account found for {asked}"
NO_STUDENT: Final = "Nobody with external key {key} is known at {organization}"
WAITING: Final = "waiting: no account yet"
"""Instead of a username. No username has blanks, so it can never be somebody's."""

# Of the linking tool
BOTH_NEEDED: Final = (
    "Give both a program UUID and at least one line with an external key and a username."
)
BAD_UUID: Final = "{program_uuid} is not a valid UUID of a program."
NO_PROGRAM: Final = "No program found with UUID {program_uuid}"
HALF_A_PAIR: Final = (
    "Line {line} must have an external key and a username, with a comma between. "
    "Nothing was linked."
)
UNREADABLE: Final = "The lines cannot be read: {fault}. Nothing was linked."
NO_USER: Final = "No user found with username {username}"
RETIRED: Final = "The account {username} is retired; nothing can be linked to it."
NOT_ENROLLED: Final = "No program enrollment found for external key {key} in this program"
REPEATED: Final = "External key {key} is given with different usernames; none was linked to it."

REASON: Final = "linked by support"
"""What the ledger is told."""
