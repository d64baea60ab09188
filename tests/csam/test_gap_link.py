"""Whether the GAP in office is still tied to his enterprise, and until when he keeps his accesses."""

from datetime import date, timedelta

import pytest

from csam import selectors
from csam.models import AccessManager, Employment
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    EmploymentFactory,
    EnterpriseFactory,
    LegalFunctionFactory,
)

TODAY = date(2026, 3, 10)


@pytest.fixture
def gap():
    return AccessManagerFactory(activated_at=AT)


class TestGapLink:
    @pytest.fixture
    def left(self, gap):
        """The GAP's work ended on 31 January, his legal function on 9 March."""
        AccessManager.objects.update(designated_at=AT - timedelta(days=400), activated_at=None)
        Employment.objects.update(valid_until=date(2026, 1, 31))
        LegalFunctionFactory(person=gap.person, enterprise=gap.enterprise, valid_until=date(2026, 3, 9))
        return gap

    def test_none_without_a_gap(self):
        assert selectors.gap_link(EnterpriseFactory(), TODAY) is None

    def test_linked(self, gap):
        link = selectors.gap_link(gap.enterprise, TODAY)

        assert (link.gap, link.ended_on, link.access_until, link.has_access) == (gap, None, None, True)

    @pytest.mark.parametrize(
        ("on", "ended_on", "has_access"),
        [
            (date(2026, 3, 9), None, True),
            (date(2026, 3, 10), date(2026, 3, 9), True),
            (date(2026, 4, 8), date(2026, 3, 9), True),
            (date(2026, 4, 9), date(2026, 3, 9), False),
        ],
    )
    def test_counts_from_the_last_of_all_ties(self, left, on, ended_on, has_access):
        link = selectors.gap_link(left.enterprise, on)

        assert (link.ended_on, link.has_access) == (ended_on, has_access)
        # The same rule twice, once for a page and once for a query.
        assert AccessManager.objects.with_access(on).filter(pk=left.pk).exists() is has_access

    def test_one_who_comes_back_is_linked_again(self, left):
        EmploymentFactory(person=left.person, enterprise=left.enterprise, valid_from=date(2026, 5, 1))

        assert selectors.gap_link(left.enterprise, date(2026, 5, 1)).ended_on is None
        assert not selectors.gap_link(left.enterprise, date(2026, 4, 30)).has_access

    def test_a_tie_to_another_enterprise_does_not_count(self, left):
        EmploymentFactory(person=left.person, enterprise=EnterpriseFactory())

        assert selectors.gap_link(left.enterprise, TODAY).ended_on == date(2026, 3, 9)

    def test_without_any_tie_counts_from_the_designation(self):
        gap = AccessManagerFactory(employed=False)

        link = selectors.gap_link(gap.enterprise, date(2026, 4, 10))
        assert (link.ended_on, link.has_access) == (TODAY, False)
        assert AccessManager.objects.with_access(date(2026, 4, 9)).exists()
        assert not AccessManager.objects.with_access(date(2026, 4, 10)).exists()

    def test_costs_one_query_until_the_person_is_named(self, left, django_assert_num_queries):
        with django_assert_num_queries(1):
            link = selectors.gap_link(left.enterprise, TODAY)
        assert link.gap.person == left.person
