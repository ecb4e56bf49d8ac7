"""The words that lives are made of: names in their spellings, statuses, modes, programs."""

from dataclasses import dataclass

SPELLINGS = {
    "rv-1": ("rv-1", "RV-1", "  Rv-1 "),
    "rv-2": ("rv-2", "rV-2"),
    "strasse": ("Straße", "STRASSE", "strasse"),
    "\u00e91": ("\u00e91", "e\u03011", "\u00c91"),
}
"""Student keys in all their spellings, by what is compared."""
ADDRESSES = {
    "mira@example.org": ("mira@example.org", "MIRA@Example.org"),
    "family@example.org": ("family@example.org", "Family@example.org", "FAMILY@example.org "),
}
FOLDED = {
    spelling: folded
    for names in (SPELLINGS, ADDRESSES)
    for folded, spellings in names.items()
    for spelling in spellings
}
BAD_KEYS = ("", "   ", "k" * 256, "rv\t1", "rv-\x001")

STATUSES = ("enrolled", "pending", "suspended", "canceled", "ended")
STUDYING = {"enrolled", "pending", "ended"}
MODES = ("audit", "honor", "verified", "masters")
"""From the lowest to the highest, those that are used here."""
PAID = {"verified", "masters"}
STAFF = {"": None, "true": True, "YES": True, "0": False, "off": False}

SCHOOLS = ("RiverU", "HillsU")
RUNS = ("R1", "R2")


@dataclass(frozen=True)
class Program:
    key: str
    school: str
    runs: tuple[str, ...]
    mode: str
    curricula: int
    active: int | None
    """The place of the first active curriculum, if there is one."""


PROGRAMS = {
    program.key: program
    for program in (
        Program("hydrology", "RiverU", ("R1", "R2"), "masters", curricula=3, active=0),
        Program("geology", "RiverU", ("R1",), "verified", curricula=1, active=0),
        Program("botany", "HillsU", ("R1", "R2"), "audit", curricula=2, active=0),
        Program("physics", "RiverU", ("R2",), "honor", curricula=1, active=None),
    )
}
ACCOUNTS = {
    "mira": "mira@example.org",
    "ben": "Family@example.org",
    "ida": "family@example.org",
}
NOTHING_SAID, ACTIVE_ONE, UNKNOWN = "", "None", "unknown"
"""What a row may say of its curriculum, beside the number of one."""
