"""What does not change in any life, built by the code."""

from uuid import uuid4

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import IdentityName, Kind
from tests import given
from tests.lives.model import Name
from tests.lives.words import ACCOUNTS, PROGRAMS, RUNS


class Stage:
    """What does not change in any life: programs, runs, accounts."""

    def __init__(self) -> None:
        self.runs = {key: given.course_run(key, external_key=f"external {key}") for key in RUNS}
        self.programs = {
            "hydrology": self._program("hydrology", active=2, inactive=1),
            "geology": self._program("geology", active=1, inactive=0),
            "botany": self._program("botany", active=1, inactive=1),
            "physics": self._program("physics", active=0, inactive=1),
        }
        self.accounts = {name: given.account(name, email=ACCOUNTS[name]) for name in ACCOUNTS}
        self.uuids = {name: str(account.uuid) for name, account in self.accounts.items()}
        self.curricula = {
            key: [str(uuid) for uuid in program.curricula]
            for key, program in self.programs.items()
        }

    def _program(self, key: str, *, active: int, inactive: int) -> ProgramOutline:
        known = PROGRAMS[key]
        return given.program(
            key,
            school_key=known.school,
            runs=[self.runs[run] for run in known.runs],
            mode=known.mode,
            active_curricula=active,
            inactive_curricula=inactive,
        )

    def uuid_of(self, program: str, said: str) -> str:
        if not said.isdigit():
            return said if said != "unknown" else str(uuid4())
        known = self.curricula[program]
        return known[int(said)] if int(said) < len(known) else str(uuid4())

    def name_of(self, name: Name, value: str) -> IdentityName:
        if name[0] == "student_key":
            return given.key_of(value, school_key=str(name[1]))
        return IdentityName(Kind(name[0]), value)
