"""« Pourquoi ? »: the days and minutes on which a link begins and ends; the session of who asks."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access_mgmt.enums import Function
from bhod_portal.core.models import World
from csam.enums import DigitalKey
from csam.models import AccessManager, Employment
from tests.access_mgmt.factories import (
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.csam.factories import AT
from tests.prosante_login.factories import CareProviderFactory
from tests.training.chains import Chain, between, on_its_way, over

URL = reverse("training:why")


@pytest.fixture
def chain(db):
    return Chain()


class TestKeyAndProfile:
    def test_a_key_that_is_too_weak(self, client, chain):
        answer = chain.ask_oneself(client, key=DigitalKey.PASSWORD).context["answer"]

        assert answer.broken.key == "key"
        assert "niveau 200" in answer.broken.sentence
        assert reverse("csam:identification") in answer.broken.screen.url

    def test_no_profile(self, client, chain):
        answer = chain.ask_oneself(client, choose=False).context["answer"]

        assert answer.broken.key == "profile"
        assert answer.broken.screen.url == reverse("prosante_login:profile_choose")

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [
            ({"enterprise_id": None}, "sans organisation"),
            ({"kind": "prestataire", "enterprise_id": None}, "Prestataire"),
            ({"capacity": "mandataire"}, "mandataire"),
        ],
    )
    def test_another_profile(self, client, chain, choice, sentence):
        CareProviderFactory(person=chain.person)
        chain.ask_oneself(client)
        session = client.session
        session["prosante_profile"] |= choice | ({"profession": "PHYSICIAN"} if "kind" in choice else {})
        session.save()

        answer = client.get(URL, {"numero": chain.enterprise.bce_number}).context["answer"]

        assert answer.broken.key == "profile"
        assert sentence in answer.broken.sentence

    def test_another_organisation(self, client, chain):
        other = Chain(chain.world)
        chain.ask_oneself(client)

        RoleAssignmentFactory(
            member=QualityMemberFactory(quality=other.quality, person=chain.person), effective=True
        )
        answer = client.get(URL, {"numero": other.enterprise.bce_number}).context["answer"]

        assert answer.broken.key == "profile"
        assert "pour une autre organisation" in answer.broken.sentence


class TestDays:
    @pytest.mark.parametrize("days", [(date(2026, 3, 10), None), (date(2026, 3, 1), date(2026, 3, 10))])
    def test_first_and_last_day_count(self, client, chain, days):
        between(chain, *days)

        assert chain.ask_oneself(client).context["answer"].is_whole

    @pytest.mark.parametrize(("minutes", "key"), [(0, "dates"), (1, None)])
    def test_a_day_begins_at_midnight_in_brussels(self, client, chain, minutes, key):
        between(chain, date(2026, 3, 11), None)
        midnight = AT.replace(hour=22, minute=59) + timedelta(minutes=minutes)
        World.objects.update(frozen_at=midnight)

        broken = chain.ask_oneself(client).context["answer"].broken

        assert (broken.key if broken else None) == key

    @pytest.mark.parametrize(
        ("passed", "sentence"),
        [
            (timedelta(minutes=11, seconds=1), "encore 1 min au plus"),
            (timedelta(minutes=12), "d'un instant à l'autre"),
            (timedelta(minutes=15), "d'un instant à l'autre"),
        ],
    )
    def test_a_change_that_is_exactly_due(self, client, chain, passed, sentence):
        on_its_way(chain)
        World.objects.update(frozen_at=AT + passed)

        assert sentence in chain.ask_oneself(client).context["answer"].broken.sentence

    def test_a_gap_who_left_keeps_his_accesses_for_thirty_days(self, client, chain):
        AccessManager.objects.update(designated_at=AT - timedelta(days=100))
        Employment.objects.update(valid_until=date(2026, 2, 8))

        answer = chain.ask_oneself(client).context["answer"]

        assert answer.is_whole
        assert "jusqu'au 10/03/2026" in answer.links[2].sentence

    def test_the_next_to_come_is_told(self, client, chain):
        over(chain)
        RoleAssignmentFactory(
            member=chain.member, function=Function.GUARDPOST_CIRCLE, valid_from=date(2026, 5, 1)
        )

        assert "01/05/2026" in chain.ask_oneself(client).context["answer"].broken.sentence
