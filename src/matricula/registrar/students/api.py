"""The door of students."""

from matricula.registrar.students.awaiting import WaitingStudents, list_waiting_students
from matricula.registrar.students.finding import FoundStudent, find_student

__all__ = ["FoundStudent", "WaitingStudents", "find_student", "list_waiting_students"]
