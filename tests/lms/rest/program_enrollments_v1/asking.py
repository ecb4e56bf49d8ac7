"""The addresses and the rows of the surface, as its clients write them."""

from typing import Any

from matricula.lms.catalog.api import CourseRun, ProgramOutline

BASE = "/api/program_enrollments/v1"
UNKNOWN = "6f0c5d0e-93c1-4f0a-9d55-3a1f7c2b9e10"

Row = dict[str, Any]


def enrollments(program: ProgramOutline | str) -> str:
    return f"{BASE}/programs/{uuid_of(program)}/enrollments/"


def course_enrollments(program: ProgramOutline | str, run: CourseRun | str) -> str:
    return f"{BASE}/programs/{uuid_of(program)}/courses/{key_of(run)}/enrollments/"


def grades(program: ProgramOutline | str, run: CourseRun | str) -> str:
    return f"{BASE}/programs/{uuid_of(program)}/courses/{key_of(run)}/grades/"


def overview(program: ProgramOutline | str) -> str:
    return f"{BASE}/programs/{uuid_of(program)}/overview/"


def courses_of(username: str, program: ProgramOutline | str) -> str:
    return f"{BASE}/users/{username}/programs/{uuid_of(program)}/courses"


def curriculum_of(program: ProgramOutline) -> str:
    return next(
        str(uuid) for uuid, id_ in program.curricula.items() if id_ == program.active_curriculum_id
    )


def program_row(
    key: object, status: object = "enrolled", *, program: ProgramOutline, **more: object
) -> Row:
    curriculum = curriculum_of(program)
    return {"student_key": key, "status": status, "curriculum_uuid": curriculum, **more}


def course_row(key: object, status: object = "active", **more: object) -> Row:
    return {"student_key": key, "status": status, **more}


def uuid_of(program: ProgramOutline | str) -> str:
    return program if isinstance(program, str) else str(program.uuid)


def key_of(run: CourseRun | str) -> str:
    return run if isinstance(run, str) else run.key
