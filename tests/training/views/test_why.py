"""« Pourquoi ? »: whole chains, of which one link is broken, seen by each who may ask."""

import pytest

from access_mgmt.enums import Function
from access_mgmt.models import RoleAssignment
from tests.csam.factories import AT
from tests.pages import errors, shows
from tests.training.chains import (
    Chain,
    blocked,
    gap_gone,
    member_gone,
    no_function,
    on_its_way,
    other_function,
    over,
    quality_off,
    set_aside,
    stopped,
    stuck,
    to_come,
    unregistered,
    withdrawn,
    without_gap,
    wrong_quality,
)

KEYS = ["known", "registered", "gap", "quality", "member", "function", "dates", "propagated"]

# What is broken, the link that is named, what is said of it, who mends it.
BREAKS = [
    (stopped, "known", "arrêtée à la BCE depuis le 09/03/2026", "Rosa Représentante"),
    (unregistered, "registered", "pas encore enregistrée", "Rosa Représentante"),
    (without_gap, "gap", "Personne n'est désigné comme GAP", "Rosa Représentante"),
    (gap_gone, "gap", "Gaston Principal n'a plus de lien", "Rosa Représentante"),
    (quality_off, "quality", "désactivée le 10/03/2026 à 10:00", "Gaston Principal"),
    (wrong_quality, "quality", "« Soins de Santé » est active, mais c'est une autre qualité", "Gaston Principal"),
    (member_gone, "member", "a pris fin le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (blocked, "member", "bloqué depuis le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (no_function, "function", "Aucune fonction n'est attribuée", "Lola Locale"),
    (other_function, "function", "INAMI_FILEMANAGER_BCE, qui ouvre autre chose", "Lola Locale"),
    (withdrawn, "function", "a été retirée le 10/03/2026 à 10:00, par Lola Locale", "Lola Locale"),
    (to_come, "dates", "ne commence que le 11/03/2026", "Lola Locale"),
    (over, "dates", "son dernier jour était le 09/03/2026", "Lola Locale"),
    (on_its_way, "propagated", "encore 12 min au plus", "attendez"),
    (set_aside, "propagated", "mise de côté", "centre de contact"),
    (stuck, "propagated", "La propagation de ce monde est arrêtée", "formateur"),
]  # fmt: skip


ASKED = [
    pytest.param(who, *each, id=f"{who}-{each[0].__name__}")
    for who in ("oneself", "manager", "helpdesk")
    for each in BREAKS
    # Who manages nobody (any more) there has no page about him.
    if who != "manager" or each[0] not in {quality_off, wrong_quality, member_gone}
]


@pytest.fixture
def chain(db):
    return Chain()


def ask(who, chain, client):
    match who:
        case "oneself":
            return chain.ask_oneself(client)
        case "manager":
            return chain.ask_as_manager(client)
        case "gap":
            return chain.ask_as_manager(client, by=chain.gap.person)
        case _helpdesk:
            return chain.ask_as_helpdesk(client)


class TestOneLinkBroken:
    @pytest.mark.parametrize(("who", "cause", "key", "sentence", "mender"), ASKED)
    def test_is_named_with_who_mends_it(self, client, chain, who, cause, key, sentence, mender):
        cause(chain)

        page = ask(who, chain, client)

        answer = page.context["answer"]
        assert answer.broken.key == key
        assert sentence in answer.broken.sentence
        assert mender in " ".join(f"{each.name} {each.role}" for each in answer.broken.menders)
        before = answer.links[: KEYS.index(key)]
        assert [link.key for link in before] == KEYS[: KEYS.index(key)]
        assert all(link.is_held for link in before)
        assert not any(link.is_broken for link in answer.links[KEYS.index(key) + 1 :])
        assert shows(page, f"Ce qui manque : {answer.broken.label}")

    def test_whole_chain_holds(self, client, chain):
        page = chain.ask_oneself(client)

        assert page.context["answer"].is_whole
        assert [link.key for link in page.context["answer"].links] == [*KEYS, "key", "profile"]
        assert shows(page, "Rien ne manque")

    @pytest.mark.parametrize("who", ["manager", "gap", "helpdesk"])
    def test_of_another_one_the_session_is_nobodys_business(self, client, chain, who):
        page = ask(who, chain, client)

        assert [link.key for link in page.context["answer"].links] == KEYS
        assert shows(page, "Rien ne manque")


class TestTarget:
    def test_finances_ask_for_the_other_function(self, client, chain):
        answer = chain.ask_oneself(client, target="finances").context["answer"]

        assert answer.broken.key == "function"
        assert Function.FILEMANAGER_CIRCLE.value in answer.broken.sentence
        assert Function.GUARDPOST_CIRCLE.value in answer.broken.sentence

    def test_an_unknown_one_is_refused(self, client, chain):
        page = chain.ask_oneself(client, target="autre")

        assert errors(page)["pour"]

    def test_the_function_still_works_while_it_is_taken_away(self, client, chain):
        RoleAssignment.objects.update(revoked_at=AT, revoked_by=chain.manager.person)

        page = chain.ask_oneself(client)

        assert page.context["answer"].broken.key == "function"
        assert shows(page, "les applications voient encore la fonction")
