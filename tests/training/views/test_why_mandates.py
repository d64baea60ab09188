"""« Pourquoi est-ce que je ne vois pas ce mandant ? »"""

from datetime import date

import pytest
from django.urls import reverse

from csam.enums import DigitalKey
from prosante_login.enums import ProfileKind
from tests.csam.factories import AT, PersonFactory
from tests.csam.login import log_in
from tests.pages import errors
from tests.prosante_login.factories import CareProviderFactory, MandateDelegateFactory, MandateFactory
from tests.training.chains import Chain, stopped

URL = reverse("training:why")


@pytest.fixture
def chain(db):
    return Chain()


class TestMandates:
    """« Pourquoi est-ce que je ne vois pas ce mandant ? »"""

    KEYS = ["given", "accepted", "current", "key", "profile"]

    @pytest.fixture
    def holder(self, chain):
        return PersonFactory(world=chain.world, first_name="Maud", last_name="Mandataire")

    def ask(self, client, person, enterprise=None, *, key=DigitalKey.EID):
        log_in(client, person, key=key)
        session = client.session
        session["prosante_profile"] = {
            "person": person.pk,
            "kind": ProfileKind.CITIZEN.value,
            "enterprise_id": enterprise.pk if enterprise else None,
        }
        session.save()
        page = client.get(URL, {"numero": enterprise.bce_number if enterprise else "", "pour": "mandats"})
        return page.context["answer"]

    def give(self, holder, **extra):
        provider = CareProviderFactory(
            person=PersonFactory(world=holder.world, first_name="Denis", last_name="Dispensateur")
        )
        return MandateFactory(provider=provider, holder_person=holder, **extra)

    def test_whole_chain_holds(self, client, holder):
        self.give(holder)

        answer = self.ask(client, holder)

        assert answer.is_whole
        assert [link.key for link in answer.links] == self.KEYS

    @pytest.mark.parametrize(
        ("extra", "key", "sentence", "mender"),
        [
            ({"stopped": True}, "given", "arrêté le 10/03/2026", "Denis Dispensateur"),
            ({"to_accept": True, "refused": True}, "given", "refusé le 10/03/2026", "Denis Dispensateur"),
            ({"to_accept": True}, "accepted", "attend encore la signature", "vous-même"),
            (
                {"to_accept": True, "valid_until": date(2026, 3, 9)},
                "accepted",
                "terminé le 09/03/2026 sans",
                "Denis Dispensateur",
            ),
            ({"valid_from": date(2026, 3, 11)}, "current", "que le 11/03/2026", "Denis Dispensateur"),
            ({"valid_until": date(2026, 3, 9)}, "current", "jour était le 09/03/2026", "Denis Dispensateur"),
        ],
    )
    def test_one_link_broken(self, client, holder, extra, key, sentence, mender):
        if extra.pop("refused", False):
            extra = extra | {"refused_at": AT, "refused_by": holder}
        self.give(holder, **extra)

        answer = self.ask(client, holder)

        assert answer.broken.key == key
        assert sentence in answer.broken.sentence
        assert mender in " ".join(f"{each.name} {each.role}" for each in answer.broken.menders)
        assert all(link.is_held for link in answer.links[: self.KEYS.index(key)])

    @pytest.mark.parametrize("days", [(date(2026, 3, 10), None), (date(2026, 3, 1), date(2026, 3, 10))])
    def test_first_and_last_day_count(self, client, holder, days):
        self.give(holder, valid_from=days[0], valid_until=days[1])

        assert self.ask(client, holder).is_whole

    def test_the_one_that_opens_most_is_told(self, client, holder):
        self.give(holder)
        self.give(holder, stopped=True)

        assert self.ask(client, holder).is_whole

    def test_a_weak_key_learns_of_no_mandate(self, client, holder, chain):
        self.give(holder)
        MandateFactory(for_enterprise=True, holder_enterprise=chain.enterprise)

        own = self.ask(client, holder, key=DigitalKey.PASSWORD)
        enterprise = self.ask(client, chain.gap.person, chain.enterprise, key=DigitalKey.PASSWORD)

        assert own.broken.key == enterprise.broken.key == "key"
        assert not any("Denis" in link.sentence for link in [*own.links, *enterprise.links])

    def test_of_a_grantor_who_has_died(self, client, holder):
        provider = self.give(holder).provider
        provider.person.is_active = False
        provider.person.save(update_fields=["is_active"])

        answer = self.ask(client, holder)

        assert answer.broken.key == "current"
        assert "avec qui l'a donné" in answer.broken.sentence

    def test_none_at_all(self, client, holder):
        answer = self.ask(client, holder)

        assert answer.broken.key == "given"
        assert answer.broken.menders

    def test_of_an_enterprise_for_which_one_acts(self, client, chain):
        MandateFactory(for_enterprise=True, holder_enterprise=chain.enterprise)

        for person in (
            chain.representative.person,
            chain.gap.person,
            MandateDelegateFactory(
                enterprise=chain.enterprise, person=PersonFactory(world=chain.world)
            ).person,
        ):
            assert self.ask(client, person, chain.enterprise).is_whole

    def test_of_an_enterprise_for_which_one_does_not_act(self, client, chain):
        MandateFactory(for_enterprise=True, holder_enterprise=chain.enterprise, stopped=True)

        answer = self.ask(client, chain.person, chain.enterprise)

        assert answer.broken.key == "acts"
        assert {"Gaston Principal", "Rosa Représentante"} == {each.name for each in answer.broken.menders}
        assert not any("a été arrêté" in link.sentence for link in answer.links)

    def test_of_a_stopped_enterprise(self, client, chain):
        stopped(chain)

        assert self.ask(client, chain.gap.person, chain.enterprise).broken.key == "known"

    @pytest.mark.parametrize(
        ("choice", "sentence"),
        [({"capacity": "citoyen"}, "pas entré comme mandataire"), ({"capacity": None}, "")],
    )
    def test_who_came_in_as_something_else(self, client, holder, choice, sentence):
        self.give(holder)
        self.ask(client, holder)
        session = client.session
        session["prosante_profile"] |= choice
        session.save()

        answer = client.get(URL, {"numero": "", "pour": "mandats"}).context["answer"]

        assert sentence in (answer.broken.sentence if answer.broken else "")

    def test_at_the_help_desk_without_an_organisation(self, client, chain, holder):
        self.give(holder, to_accept=True)
        log_in(client, chain.agent(), key=DigitalKey.PASSWORD)
        url, question = reverse("training:why_helpdesk"), chain.question("mandats") | {"numero": ""}

        page = client.post(url, question | {"personne": holder.niss}, follow=True)
        refused = client.post(url, question | {"pour": "bhod"})

        assert page.context["answer"].broken.key == "accepted"
        assert page.context["answer"].broken.screen.url == ""
        assert errors(refused)["numero"] == ["required"]

    def test_no_business_of_who_manages_a_member(self, client, chain):
        page = chain.ask_as_manager(client, target="mandats")

        assert page.context["answer"].target.key == "bhod"
        assert "mandats" not in [each.key for each in page.context["targets"]]
