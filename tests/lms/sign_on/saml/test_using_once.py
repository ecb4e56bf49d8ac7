from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from matricula.lms.sign_on.models import Provider, SeenAssertion
from matricula.lms.sign_on.saml.answers import SchoolAnswer, UsedAnswer
from matricula.lms.sign_on.saml.using_once import forget_assertions, use_once
from tests.sign_on_with_saml.connecting import connect
from tests.sign_on_with_saml.school import School

pytestmark = pytest.mark.django_db

UNTIL = datetime(2031, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def river(school: School) -> Provider:
    return connect(school)


def answer(assertion_id: str = "_a") -> SchoolAnswer:
    return SchoolAnswer(
        assertion_id=assertion_id,
        expires_at=UNTIL,
        request_id=None,
        name_id="",
        name_id_format="",
        attributes={},
    )


def test_an_answer_is_used_once(river: Provider) -> None:
    use_once(provider=river, answer=answer())
    use_once(provider=river, answer=answer("_b"))

    with pytest.raises(UsedAnswer):
        use_once(provider=river, answer=answer())
    assert SeenAssertion.objects.count() == 2


def test_the_same_id_of_another_school_is_another(river: Provider, stranger: School) -> None:
    use_once(provider=river, answer=answer())

    use_once(provider=connect(stranger, "other"), answer=answer())


def test_the_database_holds_it(river: Provider) -> None:
    use_once(provider=river, answer=answer())
    seen = SeenAssertion.objects.get()
    seen.pk = None

    with pytest.raises(IntegrityError, match="one_sign_in_per_assertion"), transaction.atomic():
        seen.save(force_insert=True)


def test_it_is_remembered_for_as_long_as_it_could_be_brought(river: Provider) -> None:
    use_once(provider=river, answer=answer())
    last = UNTIL + timedelta(seconds=settings.SAML_CLOCK_SKEW)

    assert forget_assertions(at=last) == 0
    assert forget_assertions(at=last + timedelta(seconds=1)) == 1
