"""What is drawn at random."""

from datetime import timedelta

from hypothesis import strategies as st

from matricula.lms.kernel.api import WriteMode
from tests.lives.model import Choice, Row
from tests.lives.words import (
    ACCOUNTS,
    ADDRESSES,
    BAD_KEYS,
    FOLDED,
    PROGRAMS,
    SCHOOLS,
    SPELLINGS,
    STAFF,
    STATUSES,
)

keys = st.sampled_from([spelling for each in SPELLINGS.values() for spelling in each])
some_keys = st.one_of(*[keys] * 9, st.sampled_from(BAD_KEYS))
curricula = st.sampled_from(["", "", "", "", "None", "0", "1", "1", "2", "unknown"])
program_keys = st.sampled_from(sorted(PROGRAMS))
modes = st.sampled_from(list(WriteMode))
accounts = st.sampled_from(sorted(ACCOUNTS))
pauses = st.sampled_from(
    [timedelta(microseconds=1), timedelta(hours=1), timedelta(days=20), timedelta(days=300)]
)
program_rows = st.lists(
    st.builds(
        Row,
        key=some_keys,
        status=st.sampled_from([*STATUSES, *STATUSES, *STATUSES, "on-leave"]),
        curriculum=curricula,
    ),
    min_size=1,
    max_size=5,
)
course_rows = st.lists(
    st.builds(
        Row,
        key=some_keys,
        status=st.sampled_from(["active"] * 10 + ["inactive"] * 5 + ["asleep"]),
        curriculum=curricula,
        run=st.sampled_from(["R1", "R1", "R1", "R1", "R2", "R2", "external R2", "R9"]),
        staff=st.sampled_from(["", *STAFF, *STAFF, "maybe"]),
    ),
    min_size=1,
    max_size=5,
)
student_names = st.builds(
    lambda school, value: (("student_key", school, FOLDED[value]), value),
    st.sampled_from(SCHOOLS),
    keys,
)
addresses = st.sampled_from([spelling for each in ADDRESSES.values() for spelling in each]).map(
    lambda value: (("email", None, FOLDED[value]), value)
)
names = st.one_of(student_names, student_names, addresses)
choices = st.builds(
    Choice,
    program=st.one_of(st.none(), program_keys),
    school=st.one_of(st.none(), st.sampled_from(SCHOOLS)),
    names=st.one_of(st.none(), names.map(lambda named: (named[0],))),
)
