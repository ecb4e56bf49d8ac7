"""The tests' own eyes see what they are there to see."""

import pytest

from tests.lms.kernel.seeing import list_quadratic_nodes, list_tables, look, planning, run

pytestmark = pytest.mark.django_db

LIKE_INDEXES = "SELECT indexname FROM pg_indexes WHERE starts_with(indexname, 'course_key')"
JOIN = "SELECT count(*) FROM course AS a JOIN course AS b ON a.{0} = b.{0} || ''"


def test_a_nested_loop_over_a_whole_table_is_seen() -> None:
    run(
        "INSERT INTO course (key, title) SELECT n::text, n::text FROM generate_series(1, 999) AS n"
    )
    run("ANALYZE course; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    with planning("SELECT count") as plans:
        look(JOIN.format("title"))
    assert list_quadratic_nodes(plans[0]) != []


def test_a_nested_loop_over_an_index_is_fine() -> None:
    run(
        "INSERT INTO course (key, title) SELECT n::text, n::text FROM generate_series(1, 999) AS n"
    )
    run("ANALYZE course; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    with planning("SELECT count") as plans:
        look("SELECT count(*) FROM generate_series(1, 9) AS n JOIN course ON course.key = n::text")
    assert [node for plan in plans for node in list_quadratic_nodes(plan)] == []
    assert plans[0]["Plans"][0]["Node Type"] == "Nested Loop"


def test_our_tables_are_those_of_our_models() -> None:
    assert {"identity", "change", "curriculum_course_run", "account"} <= set(list_tables())
    assert "django_migrations" not in list_tables()


def test_an_index_that_is_asked_for_its_second_column_is_seen() -> None:
    run("ALTER TABLE course DROP CONSTRAINT course_key_key; CREATE INDEX ON course (title, key)")
    for (index,) in look(LIKE_INDEXES):
        run(f"DROP INDEX {index}")
    run(
        "INSERT INTO course (key, title) SELECT n::text, n::text FROM generate_series(1, 999) AS n"
    )
    run(
        "ANALYZE course; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;"
        "SET LOCAL enable_mergejoin = off"
    )
    with planning("SELECT count") as plans:
        look("SELECT count(*) FROM generate_series(1, 9) AS n JOIN course ON course.key = n::text")
    assert list_quadratic_nodes(plans[0]) != []
