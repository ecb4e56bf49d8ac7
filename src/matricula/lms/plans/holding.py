"""Holding plans: what they would write is kept back while somebody is erased from them."""

from matricula.lms.plans.models import Outcome, Plan


def hold_open_plans() -> None:
    """Keep everybody from applying a plan until the transaction ends; right after jobs.

    Their rows are locked, which may be many thousands: locks of PostgreSQL's other sort would be
    more than there is room for.
    """
    open_ones = Plan.objects.filter(outcome__in=[Outcome.OPEN.value, Outcome.APPLYING.value])
    list(open_ones.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
