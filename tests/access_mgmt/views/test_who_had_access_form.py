"""« Qui avait accès ? »: what one asks, by whom, about whom, at what instant."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from bhod_portal.core import clock
from tests.access_mgmt.factories import (
    EffectiveRoleFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.pages import errors, shows

pytestmark = pytest.mark.usefixtures("stopped_clock")
# AT is 10 March 2026, 10:00 in Brussels.
ASKED = {"jour": "10-03-2026", "heure": "10:00"}
HOUR = timedelta(hours=1)


def url(quality):
    return reverse("access_mgmt:who_had_access", args=[quality.pk])


class TestTheQuestion:
    def ask(self, client, quality, **typed):
        return client.post(url(quality), ASKED | typed)

    def test_leads_to_an_address_without_niss(self, client, manager, member):
        response = self.ask(client, manager.quality, personne=member.person.niss)

        assert response.status_code == 302
        assert member.person.niss not in response["Location"]
        assert client.get(response["Location"]).context["who"] == member.person

    @pytest.mark.parametrize("ended", [False, True])
    def test_finds_by_name_members_of_today_and_former_ones(self, client, manager, ended):
        member = QualityMemberFactory(quality=manager.quality, ended=ended, person__last_name="Vanderzwaluw")

        response = self.ask(client, manager.quality, personne="vanderzwaluw")

        assert f"qui={member.person.public_id}" in response["Location"]

    def test_finds_each_person_once(self, client, manager, member):
        QualityMemberFactory(quality=manager.quality, person=member.person, ended=True)

        assert self.ask(client, manager.quality, personne=member.person.username).status_code == 302

    def test_lets_choose_among_several(self, client, manager):
        for first, ended in (("Anne", False), ("Ben", True)):
            QualityMemberFactory(
                quality=manager.quality,
                person__last_name="Zwaluw",
                person__first_name=first,
                ended=ended,
            )

        response = self.ask(client, manager.quality, personne="zwaluw")

        assert [str(member.person) for member, _address in response.context["choices"]] == [
            "Anne Zwaluw",
            "Ben Zwaluw",
        ]
        assert client.get(response.context["choices"][0][1]).context["answered"]

    @pytest.mark.parametrize(
        ("typed", "codes"),
        [
            ({"personne": "personne-ainsi"}, {"personne": ["not_found"]}),
            ({"personne": "Foule"}, {"personne": ["too_many"]}),
            ({"fonction": "AUTRE"}, {"fonction": ["invalid_choice"]}),
            ({"jour": "31-02-2026"}, {"jour": ["invalid"]}),
            ({"heure": "25:00"}, {"heure": ["invalid"]}),
            ({"jour": "11-03-2026"}, {"jour": ["to_come"]}),
            ({"jour": "30-03-2025", "heure": "02:30"}, {"heure": ["nonexistent_time"]}),
            ({"jour": "26-10-2025", "heure": "02:30"}, {"passage": ["ambiguous_time"]}),
        ],
    )
    def test_says_what_is_wrong(self, client, manager, typed, codes):
        if typed.get("personne") == "Foule":
            for _ in range(21):
                QualityMemberFactory(quality=manager.quality, person__last_name="Foule")

        response = self.ask(client, manager.quality, **typed)

        assert response.status_code == 200
        assert errors(response) == codes

    @pytest.mark.parametrize(("passage", "held"), [("1", False), ("2", True)])
    def test_tells_the_two_passages_of_an_hour_apart(self, client, manager, member, passage, held):
        first, _second = clock.instants_at(date(2025, 10, 26), time(2, 30))
        EffectiveRoleFactory(
            assignment=RoleAssignmentFactory(
                member=member, valid_from=date(2025, 1, 1), requested_at=first - HOUR
            ),
            applied_at=first + timedelta(minutes=15),
        )

        where = self.ask(
            client,
            manager.quality,
            personne=member.person.username,
            jour="26-10-2025",
            heure="02:30",
            passage=passage,
        )["Location"]
        response = client.get(where)

        assert response.context["sentences"][0][0] is held
        assert shows(response, "la deuxième fois, à l'heure d'hiver")

    def test_is_empty_at_first_with_the_time_of_now(self, client, manager):
        response = client.get(url(manager.quality))

        assert not response.context["answered"]
        assert shows(response, "Votre question")
        assertContains(response, 'value="10-03-2026"')

    def test_begins_with_a_person_from_his_file(self, client, member):
        file = client.get(reverse("access_mgmt:member_edit", args=[member.pk]))
        address = f"{url(member.quality)}?qui={member.person.public_id}"

        assertContains(file, f'href="{address}"')
        assertContains(client.get(address), f'value="{member.person.username}"')

    @pytest.mark.parametrize("key", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_of_nobody_finds_nothing(self, client, manager, key):
        assert client.get(url(manager.quality), ASKED | {"qui": key}).status_code == 404

    def test_of_a_member_of_another_quality_finds_nothing(self, client, manager):
        other = EffectiveRoleFactory().person

        assert client.get(url(manager.quality), ASKED | {"qui": other.public_id}).status_code == 404
