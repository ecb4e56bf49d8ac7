import pytest

from matricula.lms.catalog.api import CourseRunKey, InvalidCourseRunKey


def test_a_key_is_taken_apart_and_put_together_again() -> None:
    key = CourseRunKey.parse("course-v1:RiverU+HYD1+2031_T1")
    assert (key.organization, key.number, key.run) == ("RiverU", "HYD1", "2031_T1")
    assert key.course_key == "RiverU+HYD1"
    assert str(key) == "course-v1:RiverU+HYD1+2031_T1"


def test_a_key_of_the_old_form_stays_in_it() -> None:
    key = CourseRunKey.parse("RiverU/HYD1/2031_T1")
    assert (key.organization, key.number, key.run) == ("RiverU", "HYD1", "2031_T1")
    assert key.course_key == "RiverU+HYD1"
    assert str(key) == "RiverU/HYD1/2031_T1"
    assert key != CourseRunKey.parse("course-v1:RiverU+HYD1+2031_T1")


@pytest.mark.parametrize(
    "text", ["course-v1:Fluß+Größe+夏", "course-v1:a.b+c-d+e~f", "course-v1:a+b:c+d", "Ω/x:y/2031"]
)
def test_letters_of_any_script_and_some_signs_may_be_in_it(text: str) -> None:
    assert str(CourseRunKey.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RiverU",
        "RiverU/HYD1",
        "RiverU/HYD1/2031/T1",
        "RiverU//2031",
        "RiverU+HYD1+2031",
        "course-v1:RiverU+HYD1",
        "course-v1:RiverU/HYD1/2031",
        "course-v1:RiverU+HYD1+2031+T1",
        "course-v1:RiverU+HYD1+2031\n",
        "course-v1:River U+HYD1+2031",
        "course-v1:RiverU+HYD1+20%31",
        "course-v1:RiverU+HYD1+\0",
        "COURSE-V1:RiverU+HYD1+2031",
        "course-v2:RiverU+HYD1+2031",
    ],
)
def test_what_is_of_neither_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidCourseRunKey):
        CourseRunKey.parse(text)
