"""A coordinator of a guard post: circles that gave him a function in one grid, one act over them, each by its own rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.urls import resolve, reverse

from access_mgmt.enums import Function
from access_mgmt.models import EffectiveRole
from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard, GuardBatch, GuardChange
from bhod.services import planning, proposals
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory
from tests.bhod.payment_factories import TariffFactory
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

URL = reverse("bhod:coordination")
CONFIRM, PUBLISH, COPY, CANCEL = (
    reverse(f"bhod:coordination_{act}") for act in ("confirm", "publish", "copy", "cancel")
)
FEBRUARY = {"du": "01-02-2026", "au": "28-02-2026"}
# The night of Monday 2 February 2026; the world's day is 10 March.
NIGHT = datetime(2026, 2, 2, 18, tzinfo=UTC)


@pytest.fixture
def other_unit(world):
    return GuardUnitFactory(enterprise__world=world, enterprise__name="CMG Voisin ASBL", name="Plateau")


@pytest.fixture
def coordinator(administrative, other_unit):
    """Administrative user of the circle for which he came, and of a second one."""
    RoleAssignmentFactory(
        member__quality__enterprise=other_unit.enterprise,
        member__person=administrative,
        function=Function.GUARDPOST_CIRCLE,
        effective=True,
    )
    return administrative


def on_guard(unit, starts_at=NIGHT, **kwargs):
    doctor = CircleDoctorFactory(enterprise=unit.enterprise)
    return GuardFactory(
        unit=unit,
        provider=doctor.provider,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=13),
        **kwargs,
    )


def act(client, url, asked):
    """Show what would be done, then do it as the form there says."""
    page = client.get(url, asked)
    sent = {"click": page.context["click"]}
    for each in page.context["shown"]:
        sent[f"fingerprint-{each['circle'].pk}"] = each["preview"].fingerprint
    return page, client.post(f"{url}?{page.context['query']}", sent, follow=True)


def end_functions(person, unit):
    """The day before the world's day was their last."""
    roles = EffectiveRole.objects.filter(person=person, enterprise=unit.enterprise)
    assert roles.update(valid_until=date(2026, 3, 9)) == 1


def everywhere(*units, **asked):
    return asked | {"cercles": [unit.enterprise_id for unit in units]}


class TestGrid:
    def test_shows_the_units_of_all_these_circles(self, client, coordinator, unit, other_unit):
        TariffFactory()
        guards = [on_guard(unit), on_guard(other_unit)]

        response = client.get(URL, {"mois": "2026-02"})

        assert_clean(response.content.decode())
        text = text_of(response)
        for said in ("CMG du Test ASBL", "CMG Voisin ASBL", "Ouest", "Plateau"):
            assert said in text
        assert all(f"Dr {guard.provider.person.last_name}" in text for guard in guards)
        assert "€" not in text

    def test_leaves_out_circles_that_gave_no_function(self, client, administrative, unit, other_unit):
        on_guard(other_unit)
        text = text_of(client.get(URL, {"mois": "2026-02"}))
        assert "CMG Voisin ASBL" not in text
        assert "Un seul cercle vous a attribué un rôle" in text

    def test_and_those_whose_function_has_ended(self, client, coordinator, other_unit):
        end_functions(coordinator, other_unit)
        assert "CMG Voisin ASBL" not in text_of(client.get(URL))


class TestConfirm:
    def test_proposes_the_last_month_of_every_circle(self, client, coordinator, unit, other_unit):
        guards = [on_guard(unit), on_guard(other_unit)]
        response = client.get(CONFIRM)
        assert_clean(response.content.decode())
        shown = [line.entry.guard for each in response.context["shown"] for line in each["preview"].accepted]
        assert shown == guards
        assert "Le faire pour 2 gardes" in text_of(response)
        assert not Guard.objects.filter(state=GuardState.CONFIRMED).exists()

    def test_makes_one_act_of_each_circle(self, client, coordinator, unit, other_unit):
        guards = [on_guard(unit), on_guard(other_unit)]

        _page, response = act(client, CONFIRM, everywhere(unit, other_unit, **FEBRUARY))

        text = text_of(response)
        assert "CMG du Test ASBL : 1 garde confirmée." in text
        assert "CMG Voisin ASBL : 1 garde confirmée." in text
        assert {batch.enterprise for batch in GuardBatch.objects.filter(kind=BatchKind.CONFIRM)} == {
            unit.enterprise, other_unit.enterprise,
        }  # fmt: skip
        assert {
            (each.guard, each.batch.enterprise, each.done_by)
            for each in GuardChange.objects.filter(act=GuardAct.CONFIRMED)
        } == {(guard, guard.unit.enterprise, coordinator) for guard in guards}

    def test_a_second_click_does_nothing_more(self, client, coordinator, unit, other_unit):
        on_guard(unit)
        page, _response = act(client, CONFIRM, everywhere(unit, **FEBRUARY))
        sent = {
            "click": page.context["click"],
            f"fingerprint-{unit.enterprise_id}": page.context["shown"][0]["preview"].fingerprint,
        }
        client.post(f"{CONFIRM}?{page.context['query']}", sent, follow=True)
        assert GuardBatch.objects.count() == 1

    def test_what_one_circle_refuses_keeps_the_other_from_nothing(
        self, client, coordinator, unit, other_unit
    ):
        """Between the page and the click, somebody changed a guard of one of them."""
        first, second = on_guard(unit), on_guard(other_unit)
        page = client.get(CONFIRM, everywhere(unit, other_unit, **FEBRUARY))
        Guard.objects.filter(pk=first.pk).update(version=7)
        sent = {"click": page.context["click"]}
        for each in page.context["shown"]:
            sent[f"fingerprint-{each['circle'].pk}"] = each["preview"].fingerprint

        response = client.post(f"{CONFIRM}?{page.context['query']}", sent, follow=True)

        states = dict(Guard.objects.values_list("pk", "state"))
        assert states == {first.pk: GuardState.REGISTERED, second.pk: GuardState.CONFIRMED}
        assert "CMG du Test ASBL : Les gardes ont changé" in text_of(response)

    def test_a_circle_that_is_held_by_another_act_undoes_nothing_in_the_others(
        self, client, coordinator, unit, other_unit, monkeypatch
    ):
        first, second = on_guard(unit), on_guard(other_unit)

        def write(*, plan, **kwargs):
            if plan.enterprise_id == other_unit.enterprise_id:
                raise OperationalError("canceling statement due to lock timeout")
            return planning.write(plan=plan, **kwargs)

        monkeypatch.setattr(proposals, "carry_out", write)

        _page, response = act(client, CONFIRM, everywhere(unit, other_unit, **FEBRUARY))

        states = dict(Guard.objects.values_list("pk", "state"))
        assert states == {first.pk: GuardState.CONFIRMED, second.pk: GuardState.REGISTERED}
        assert "CMG Voisin ASBL : Un autre acte y était en cours" in text_of(response)

    @pytest.mark.parametrize("url", [CONFIRM, PUBLISH, COPY, CANCEL])
    def test_each_circle_is_a_transaction_of_its_own(self, url):
        """So that no lock of one circle is held while the next one is waited for."""
        assert "default" in resolve(url).func._non_atomic_requests

    def test_a_function_taken_away_meanwhile_closes_its_circle(self, client, coordinator, unit, other_unit):
        on_guard(unit)
        guard = on_guard(other_unit)
        page = client.get(CONFIRM, everywhere(unit, other_unit, **FEBRUARY))
        end_functions(coordinator, other_unit)
        sent = {"click": page.context["click"]}
        for each in page.context["shown"]:
            sent[f"fingerprint-{each['circle'].pk}"] = each["preview"].fingerprint

        response = client.post(f"{CONFIRM}?{page.context['query']}", sent, follow=True)

        guard.refresh_from_db()
        assert guard.state == GuardState.REGISTERED
        assert "cercles" in errors(response)

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            pytest.param(FEBRUARY, "cercles", id="no circle"),
            pytest.param(FEBRUARY | {"cercles": "0"}, "cercles", id="a circle of others"),
            pytest.param({"du": "28-02-2026", "au": "01-02-2026"}, "au", id="backwards"),
            pytest.param({"du": "01-02-2020", "au": "28-02-2026"}, "au", id="six years"),
            pytest.param({"du": "31-02-2026", "au": "01-03-2026"}, "du", id="no such day"),
        ],
    )
    def test_says_what_was_not_understood(self, client, coordinator, unit, asked, field):
        asked = {"cercles": unit.enterprise_id} | asked
        if field == "cercles" and asked["cercles"] == unit.enterprise_id:
            del asked["cercles"]
        response = client.get(CONFIRM, asked)
        assert field in errors(response)
        assert not response.context["shown"]

    def test_says_where_there_is_nothing_to_do(self, client, coordinator, unit, other_unit):
        on_guard(unit)
        response = client.get(CONFIRM, everywhere(unit, other_unit, **FEBRUARY))
        assert "Il n'y a rien à faire dans ce cercle." in text_of(response)

    def test_links_only_into_the_circle_that_one_has_entered(self, client, coordinator, unit, other_unit):
        drafts = [on_guard(each, draft=True) for each in (unit, other_unit)]
        response = client.get(CONFIRM, everywhere(unit, other_unit, **FEBRUARY))
        ways = {
            each["circle"]: [row.way is not None for row in each["refused"]]
            for each in response.context["shown"]
        }
        assert ways == {drafts[0].unit.enterprise: [True], drafts[1].unit.enterprise: [False]}


def test_registers_drafts(client, coordinator, unit, other_unit):
    later = datetime(2026, 3, 16, 18, tzinfo=UTC)
    drafts = [on_guard(each, later, draft=True) for each in (unit, other_unit)]
    assert "Le faire pour 2 gardes" in text_of(client.get(PUBLISH))
    act(client, PUBLISH, everywhere(unit, other_unit, du="01-03-2026", au="31-03-2026"))
    assert {Guard.objects.get(pk=each.pk).state for each in drafts} == {GuardState.REGISTERED}


def test_looks_for_drafts_to_the_end_of_the_year_to_come(client, coordinator, unit):
    form = client.get(PUBLISH).context["form"]
    assert [form[name].value() for name in ("du", "au")] == ["01-03-2026", "28-02-2027"]


@pytest.mark.parametrize("url", [COPY, CANCEL])
def test_begins_with_every_circle(client, coordinator, unit, other_unit, url):
    form = client.get(url).context["form"]
    assert not form.is_bound
    assert set(form["cercles"].value()) == {unit.enterprise_id, other_unit.enterprise_id}


def test_copies_a_week(client, coordinator, unit, other_unit):
    monday = datetime(2026, 2, 23, 18, tzinfo=UTC)
    for each in (unit, other_unit):
        on_guard(each, monday)
    asked = everywhere(unit, other_unit, de="25-02-2026", vers="17-03-2026", brouillon="on")
    _page, done = act(client, COPY, asked)
    assert done.redirect_chain == [(f"{URL}?mois=2026-03", 302)]
    copies = Guard.objects.filter(state=GuardState.DRAFT)
    assert {(each.unit, each.starts_at) for each in copies} == {
        (each, datetime(2026, 3, 16, 18, tzinfo=UTC)) for each in (unit, other_unit)
    }


def test_cancels_with_a_reason(client, coordinator, unit, other_unit):
    later = datetime(2026, 3, 16, 18, tzinfo=UTC)
    for each in (unit, other_unit):
        on_guard(each, later)
    asked = everywhere(unit, other_unit, du="16-03-2026", au="16-03-2026")
    assert "motif" in errors(client.get(CANCEL, asked))

    act(client, CANCEL, asked | {"motif": "poste fermé"})

    assert {(each.state, each.cancel_reason) for each in Guard.objects.all()} == {
        (GuardState.CANCELLED, "poste fermé")
    }
