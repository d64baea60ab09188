"""What became of the lines of a planning that was sent."""

from bhod.enums import PlanningOutcome
from bhod.models import Guard
from bhod.selectors.planning_results import unpack_result

ADDED, CHANGED, REMOVED, UNCHANGED, REFUSED = PlanningOutcome


def outcomes(one):
    return [each.outcome for each in results(one)]


def results(one):
    return [unpack_result(each) for each in one.plan["results"]]


def codes(one):
    return [code for each in results(one) for code, _text in each.problems]


def guards(circle):
    return Guard.objects.standing().filter(unit__enterprise=circle).order_by("starts_at", "pk")
