"""What somebody new does with ``make run``, who has read nothing."""

from playwright.sync_api import expect

from matricula.cli.example.inventing import INTAKE_PROGRAM, invent_school
from tests.browser.coming import Visits, sign_on
from tests.browser.looking import shoot
from tests.browser.sending import apply_plan, plan


def test_the_example_is_uploaded_and_one_of_its_students_finds_their_courses(
    visits: Visits,
) -> None:
    file = visits.world.folder / "home" / "example" / "upload-me.csv"
    registrar = visits.come("registrar")
    plan(registrar, visits.world.registrar, INTAKE_PROGRAM, file.read_text(), why="the intake")
    shoot(registrar, "plan", "example")
    apply_plan(registrar)
    shoot(registrar, "upload", "example")
    student = visits.come()
    sign_on(student, visits.world.lms, invent_school().intake[0].student.handle)
    expect(student.get_by_role("link", name="Master of Public Health")).to_be_visible()
    expect(student.get_by_role("link", name="Why am I in").first).to_be_visible()
    shoot(student, "dashboard", "beginner")
