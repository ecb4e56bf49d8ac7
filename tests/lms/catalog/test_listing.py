import pytest

from matricula.lms.catalog.api import Program, list_programs_by_type
from tests import given

TYPES = ("Masters", "MicroMasters", "Professional Certificate", "XSeries", "")


@pytest.fixture
def ids() -> dict[str, int]:
    made = {}
    for number, type_ in enumerate(TYPES):
        made[type_] = given.program(f"p{number}").id
        Program.objects.filter(pk=made[type_]).update(type=type_, slug=f"slug-{number}")
    return made


@pytest.mark.django_db
def test_programs_of_a_type_are_listed_with_what_leads_to_them(ids: dict[str, int]) -> None:
    [found] = list_programs_by_type()
    assert (found.id, found.slug, found.key, found.type) == (
        ids["Masters"],
        "slug-0",
        "p0",
        "Masters",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("masters", "Masters"),
        ("MASTERS", "Masters"),
        ("micromasters", "MicroMasters"),
        ("micro-masters", "MicroMasters"),
        ("professional-certificate", "Professional Certificate"),
        ("professional_certificate", "Professional Certificate"),
        ("Professional Certificate", "Professional Certificate"),
        ("xseries", "XSeries"),
        ("", ""),
        ("master", None),
        ("%", None),
    ],
)
@pytest.mark.usefixtures("ids")
def test_letter_case_and_separators_of_a_type_do_not_count(asked: str, found: str | None) -> None:
    listed = [each.type for each in list_programs_by_type(type_=asked)]
    assert listed == ([] if found is None else [found])


@pytest.mark.django_db
def test_they_may_be_only_those_of_some_ids(ids: dict[str, int]) -> None:
    some = [ids["Masters"], ids["XSeries"]]
    assert [each.id for each in list_programs_by_type(type_=None, ids=some)] == some
    assert [each.id for each in list_programs_by_type(ids=some)] == [ids["Masters"]]
    assert list_programs_by_type(ids=[]) == []
    assert len(list_programs_by_type(type_=None)) == len(TYPES)
