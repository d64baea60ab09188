from datetime import date

import pytest
from django.urls import reverse

from bhod.models import GuardUnit
from tests.bhod.factories import CircleDoctorFactory, GuardFactory, GuardUnitFactory, GuardZoneFactory
from tests.bhod.views.test_circle import CIRCLE, as_sent, url
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

NIGHT = {"starts_at": "2026-03-12T18:00Z", "ends_at": "2026-03-13T07:00Z"}


def test_adds_a_unit_once_however_often_it_is_sent(client, manager, circle):
    zone = GuardZoneFactory(enterprise=circle)
    assert client.get(url("unit_add")).context["form"]["zone"].value() == zone.pk
    for _click in range(2):
        assert client.post(url("unit_add"), {"name": "Est", "zone": zone.pk}).url == CIRCLE
    assert GuardUnit.objects.get(name="Est").zone == zone


def test_comes_from_a_zone(client, manager, circle):
    assert client.get(url("unit_add")).context["form"]["zone"].value() is None
    _one, other = GuardZoneFactory.create_batch(2, enterprise=circle)
    form = client.get(f"{url('unit_add')}?zone={other.pk}").context["form"]
    assert form["zone"].value() == str(other.pk)


def test_takes_a_unit_without_zone(client, manager):
    client.post(url("unit_add"), {"name": "Est", "zone": ""})
    assert GuardUnit.objects.get(name="Est").zone is None


def test_offers_no_zone_of_another_circle(client, manager):
    response = client.post(url("unit_add"), {"name": "Est", "zone": GuardZoneFactory().pk})
    assert errors(response)["zone"] == ["invalid_choice"]


def test_refuses_a_name_that_is_taken(client, manager, circle):
    GuardUnitFactory(enterprise=circle, name="Est")
    zone = GuardZoneFactory(enterprise=circle)
    response = client.post(url("unit_add"), {"name": "est", "zone": zone.pk})
    assert errors(response)["name"] == ["unit_name_taken"]


def test_shows_the_guards_to_come(client, administrative, unit, max_reads):
    GuardFactory(unit=unit)
    GuardFactory(unit=unit, provider__person__last_name="Benali", **NIGHT)
    with max_reads(14):
        response = client.get(url("unit_edit", unit.pk))
    assert_clean(response.content.decode())
    text = text_of(response)
    assert "1 garde encore à venir dans cette unité" in text
    assert "Céline Benali" in text
    assert "L'unité peut se fermer à partir du 14/03/2026." in text
    assert "05/03/2026" not in text


def test_shows_the_first_of_many(client, manager, unit, monkeypatch):
    monkeypatch.setattr("bhod.views.units.SHOWN_GUARDS", 1)
    GuardFactory(unit=unit, **NIGHT)
    GuardFactory(unit=unit, **NIGHT)
    assert "Seules les 1 premières sont montrées." in text_of(client.get(url("unit_edit", unit.pk)))


def test_closes_a_unit_and_opens_it_again(client, manager, unit):
    address = url("unit_edit", unit.pk)
    sent = as_sent(client, address) | {"closed_from": "01-04-2026"}
    assert client.post(address, sent).url == CIRCLE
    unit.refresh_from_db()
    assert unit.closed_from == date(2026, 4, 1)
    client.post(address, as_sent(client, address) | {"closed_from": ""})
    unit.refresh_from_db()
    assert unit.closed_from is None


def test_shows_the_guards_that_are_in_the_way(client, manager, unit):
    guard = GuardFactory(unit=unit)
    address = url("unit_edit", unit.pk)
    response = client.post(address, as_sent(client, address) | {"closed_from": "06-03-2026"})
    assert errors(response)["closed_from"] == ["unit_has_guards_after"]
    assert "1 garde empêche de fermer l'unité ce jour-là" in text_of(response)
    assert reverse("bhod:guard_edit", args=[guard.pk]) in response.content.decode()


def test_tells_the_second_of_two(client, manager, circle, unit):
    zone = GuardZoneFactory(enterprise=circle, name="Vallée")
    address = url("unit_edit", unit.pk)
    sent = as_sent(client, address) | {"name": "Est"}
    GuardUnit.objects.update(zone=zone, closed_from=date(2026, 5, 1))
    response = client.post(address, sent)
    assert errors(response)["__all__"] == ["changed_meanwhile"]
    text = text_of(response)
    assert "à présent « Vallée »" in text
    assert "à présent « 01-05-2026 »" in text
    form = response.context["form"]
    assert [form[name].value() for name in ("name", "zone", "closed_from")] == ["Est", zone.pk, "01-05-2026"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("manager")
def test_hides_the_units_of_another_circle(client, method):
    address = url("unit_edit", GuardUnitFactory().pk)
    assert getattr(client, method)(address, {}).status_code == 404


class TestClosedUnits:
    """« Ouest » is closed since the first of March; the world stands on the tenth."""

    @pytest.fixture
    def guard(self, circle, unit):
        """A guard of the closed unit, of the night from 26 to 27 February."""
        unit.closed_from = date(2026, 3, 1)
        unit.save()
        GuardUnitFactory(enterprise=circle, name="Est")
        night = {"starts_at": "2026-02-26T18:00Z", "ends_at": "2026-02-27T07:00Z"}
        doctor = CircleDoctorFactory(enterprise=circle)
        return GuardFactory(unit=unit, provider=doctor.provider, **night)

    def offered(self, client, address, field):
        return [label for value, label in client.get(address).context["form"].fields[field].choices if value]

    @pytest.mark.parametrize(
        ("name", "field"), [("guard_create", "unit"), ("guard_quick", "unit"), ("guard_series", "unite")]
    )
    @pytest.mark.usefixtures("manager", "guard")
    def test_are_not_offered_for_new_guards(self, client, circle, name, field):
        GuardUnitFactory(enterprise=circle, name="Nord")
        assert self.offered(client, url(name), field) == ["Est", "Nord"]

    @pytest.mark.usefixtures("manager", "guard")
    def test_are_offered_for_a_day_on_which_they_were_open(self, client):
        assert self.offered(client, url("guard_create") + "?jour=2026-02-26", "unit") == ["Est", "Ouest"]

    def test_keep_their_guards(self, client, manager, guard):
        assert self.offered(client, url("guard_edit", guard.pk), "unit") == ["Est", "Ouest"]


@pytest.mark.parametrize("name", ["guard_month", "guard_week", "guard_create", "guard_series"])
@pytest.mark.usefixtures("manager")
def test_a_circle_without_units_is_led_to_its_organisation(client, unit, name):
    unit.delete()
    assert f'<a class="btn btn-outline-primary" href="{CIRCLE}">' in client.get(url(name)).content.decode()
