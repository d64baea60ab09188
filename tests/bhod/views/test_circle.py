from datetime import time

import pytest
from django.urls import reverse

from bhod.enums import GuardCategory
from bhod.models import CircleOrganisation, GuardZone, Shift
from bhod.services import circles
from tests.bhod.factories import (
    CircleDoctorFactory,
    CircleOrganisationFactory,
    GuardFactory,
    GuardUnitFactory,
    GuardZoneFactory,
    ShiftFactory,
)
from tests.html_guard import assert_clean
from tests.pages import errors, text_of

CIRCLE = reverse("bhod:circle")
ZONE = {"name": "Haute-Meuse", "population": "84 000"}
SHIFT = {"category": "WEEKEND", "name": "Jour", "starts": "8h", "ends": "20:00"}


def url(name, *args):
    return reverse(f"bhod:{name}", args=args)


def as_shown(client, address):
    """The fields of a page as its reader would send them back."""
    form = client.get(address).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in {None, False}}


def as_sent(client, address):
    data = as_shown(client, address)
    form = client.get(address).context["form"]
    return data | {"seen": form["seen"].field.prepare_value(form["seen"].value())}


class TestCircle:
    def test_shows_how_guards_are_organised(self, client, administrative, circle, unit, max_reads):
        CircleOrganisationFactory(enterprise=circle, swaps_need_manager=True)
        zone = GuardZoneFactory(enterprise=circle, name="Vallée", population=120_000)
        unit.zone = zone
        unit.save()
        GuardUnitFactory(enterprise=circle, name="Est", closed_from="2026-03-01")
        GuardUnitFactory(enterprise=circle, name="Nord", closed_from="2026-06-01")
        GuardUnitFactory(name="Celle d'un autre cercle")
        ShiftFactory(enterprise=circle)
        ShiftFactory(enterprise=circle, category=GuardCategory.WEEKNIGHT, starts=time(17), ends=time(8))

        with max_reads(14):
            response = client.get(CIRCLE)

        assert_clean(response.content.decode())
        text = text_of(response)
        assert "Vallée 120 000 habitants." in text.replace("\u202f", " ")
        assert "2 de 08:00 à 23:00, 1 de 23:00 à 08:00" in text
        assert "Unités sans zone" in text
        assert "fermée depuis le 01/03/2026" in text
        assert "ferme le 01/06/2026" in text
        assert "attendent l'accord du cercle" in text
        assert "dont 2 h non honorées" in text
        assert "Celle d'un autre cercle" not in text

    def test_leads_a_new_circle(self, client, manager, unit):
        """A unit and nothing else, as circles that have just got their access find it."""
        text = text_of(client.get(CIRCLE))
        assert "Les premiers pas de votre cercle" in text
        assert "Au moins une unité de garde fait" in text
        assert "Une zone et sa population à faire" in text
        assert "Personne n'a encore rien décidé ici" in text
        assert "Aucune plage : une garde est proposée de 19:00 à 08:00 le lendemain." in text

    def test_stops_leading_who_has_all(self, client, manager, circle, unit):
        unit.zone = GuardZoneFactory(enterprise=circle)
        unit.save()
        ShiftFactory(enterprise=circle)
        doctor = CircleDoctorFactory(enterprise=circle)
        GuardFactory(unit=unit, provider=doctor.provider)
        assert "premiers pas" not in text_of(client.get(CIRCLE))

    def test_has_nothing_at_all(self, client, manager, unit):
        unit.delete()
        assert "Votre cercle n'a encore ni zone ni unité." in text_of(client.get(CIRCLE))

    def test_says_what_a_zone_without_units_lacks(self, client, manager, circle):
        zone = GuardZoneFactory(enterprise=circle)
        CircleOrganisationFactory(enterprise=circle, organises_weeknights=False)
        response = client.get(CIRCLE)
        assert f"{url('unit_add')}?zone={zone.pk}" in response.content.decode()
        assert "Votre cercle ne les organise pas" in text_of(response)


class TestCircleEdit:
    def test_decides(self, client, manager, circle):
        response = client.post(url("circle_edit"), {"seen": as_sent(client, url("circle_edit"))["seen"]})
        assert response.url == CIRCLE
        assert not CircleOrganisation.objects.get(enterprise=circle).organises_weeknights
        sent = as_sent(client, url("circle_edit"))
        text = text_of(client.post(url("circle_edit"), sent, follow=True))
        assert "rien n'a changé" in text

    def test_says_which_weeknights_are_planned(self, client, manager, unit):
        GuardFactory(unit=unit, starts_at="2026-03-12T18:00Z", ends_at="2026-03-13T07:00Z")
        assert "1 nuit de semaine est planifiée." in text_of(client.get(url("circle_edit")))
        sent = {"seen": as_sent(client, url("circle_edit"))["seen"]}
        text = text_of(client.post(url("circle_edit"), sent, follow=True))
        assert "1 nuit de semaine est encore planifiée" in text

    def test_tells_the_second_of_two(self, client, manager, circle):
        sent = as_sent(client, url("circle_edit"))
        CircleOrganisationFactory(enterprise=circle, organises_weeknights=False)
        response = client.post(url("circle_edit"), sent | {"swaps_need_manager": "on"})
        assert errors(response)["__all__"] == ["changed_meanwhile"]
        text = text_of(response)
        assert "vous aviez sous les yeux « oui », à présent « non » , ci-dessous « non »" in text
        again = {field.html_name: field.value() for field in response.context["form"] if field.value()}
        client.post(url("circle_edit"), again)
        decided = CircleOrganisation.objects.get()
        assert (decided.organises_weeknights, decided.swaps_need_manager) == (False, True)


class TestZones:
    def test_adds_once_however_often_it_is_sent(self, client, manager, circle):
        assert client.get(url("zone_add")).status_code == 200
        for _click in range(2):
            assert client.post(url("zone_add"), ZONE).url == CIRCLE
        zone = GuardZone.objects.get()
        assert (zone.enterprise, zone.name, zone.population) == (circle, "Haute-Meuse", 84_000)

    @pytest.mark.parametrize(
        ("typed", "field", "code"),
        [
            ({"name": ""}, "name", "required"),
            ({"name": "ouest"}, "name", "zone_name_taken"),
            ({"population": "beaucoup"}, "population", "invalid"),
            ({"population": "84,5"}, "population", "invalid"),
            ({"population": "0"}, "population", "min_value"),
            ({"population": "99999999"}, "population", "max_value"),
        ],
    )
    def test_says_why_it_refuses(self, client, manager, circle, typed, field, code):
        GuardZoneFactory(enterprise=circle, name="Ouest", population=1)
        response = client.post(url("zone_add"), ZONE | typed)
        assert errors(response)[field] == [code]
        assert GuardZone.objects.count() == 1

    def test_changes_a_zone(self, client, manager, circle):
        zone = GuardZoneFactory(enterprise=circle)
        sent = as_sent(client, url("zone_edit", zone.pk)) | {"population": "84.000"}
        assert client.post(url("zone_edit", zone.pk), sent).url == CIRCLE
        zone.refresh_from_db()
        assert zone.population == 84_000

    def test_tells_the_second_of_two(self, client, manager, circle):
        zone = GuardZoneFactory(enterprise=circle, population=80_000)
        sent = as_sent(client, url("zone_edit", zone.pk)) | {"name": "Sud"}
        GuardZone.objects.update(population=81_000)
        response = client.post(url("zone_edit", zone.pk), sent)
        assert errors(response)["__all__"] == ["changed_meanwhile"]
        form = response.context["form"]
        assert (form["name"].value(), form["population"].value()) == ("Sud", 81_000)

    def test_says_of_one_that_is_gone_that_it_is(self, client, manager, circle, monkeypatch):
        """Another manager removes it between this one's page and his act."""
        zone = GuardZoneFactory(enterprise=circle)
        sent = as_sent(client, url("zone_edit", zone.pk))
        change = circles.change_zone

        def too_late(**values):
            GuardZone.objects.all().delete()
            return change(**values)

        monkeypatch.setattr(circles, "change_zone", too_late)
        text = text_of(client.post(url("zone_edit", zone.pk), sent, follow=True))
        assert "Quelqu'un d'autre l'a supprimée entre-temps" in text

    def test_removes_an_empty_zone_once(self, client, manager, circle):
        zone = GuardZoneFactory(enterprise=circle)
        address = url("zone_remove", zone.pk)
        assert "Supprimer la zone" in text_of(client.get(address))
        assert "La zone est supprimée." in text_of(client.post(address, follow=True))
        assert "Il n'y a plus rien à supprimer" in text_of(client.post(address, follow=True))
        assert client.get(address).status_code == 404
        assert not GuardZone.objects.exists()

    def test_keeps_a_zone_with_units(self, client, manager, circle, unit):
        unit.zone = GuardZoneFactory(enterprise=circle)
        unit.save()
        address = url("zone_remove", unit.zone.pk)
        assert url("unit_edit", unit.pk) in client.get(address).content.decode()
        assert errors(client.post(address))["__all__"] == ["zone_has_units"]


class TestShifts:
    def test_adds_once_however_often_it_is_sent(self, client, manager, circle):
        form = client.get(url("shift_add") + "?jours=HOLIDAY").context["form"]
        assert form["category"].value() == "HOLIDAY"
        assert "category" not in client.get(url("shift_add") + "?jours=jamais").context["form"].initial
        for _click in range(2):
            assert client.post(url("shift_add"), SHIFT).url == CIRCLE
        shift = Shift.objects.get()
        assert (shift.enterprise, shift.starts, shift.ends) == (circle, time(8), time(20))

    def test_warns_of_hours_that_are_not_paid(self, client, manager, circle):
        CircleOrganisationFactory(enterprise=circle, organises_weeknights=False)
        typed = {"category": "WEEKNIGHT", "name": "Soir", "starts": "17:00", "ends": "23:00"}
        text = text_of(client.post(url("shift_add"), typed, follow=True))
        assert "2 h de cette plage ne sont pas honorées" in text
        assert "n'organise pas les nuits de semaine" in text

    def test_refuses_to_overlap(self, client, manager, circle):
        ShiftFactory(enterprise=circle)
        response = client.post(url("shift_add"), SHIFT | {"starts": "19:00", "ends": "23:00"})
        assert errors(response)["starts"] == ["shift_overlaps"]

    def test_changes_and_tells_the_second_of_two(self, client, manager, circle):
        shift = ShiftFactory(enterprise=circle)
        sent = as_sent(client, url("shift_edit", shift.pk)) | {"ends": "21:00"}
        assert client.post(url("shift_edit", shift.pk), sent).url == CIRCLE
        response = client.post(url("shift_edit", shift.pk), sent | {"ends": "22:00"})
        assert errors(response)["__all__"] == ["changed_meanwhile"]
        assert "vous aviez sous les yeux « 20:00 », à présent « 21:00 »" in text_of(response)

    def test_removes_once(self, client, manager, circle):
        shift = ShiftFactory(enterprise=circle)
        address = url("shift_remove", shift.pk)
        assert "Supprimer la plage Jour" in text_of(client.get(address))
        for _click in range(2):
            assert client.post(address).url == CIRCLE
        assert not Shift.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("manager")
def test_hides_the_parts_of_another_circle(client, method):
    for name, part in [("zone_edit", GuardZoneFactory()), ("shift_edit", ShiftFactory())]:
        assert getattr(client, method)(url(name, part.pk), {}).status_code == 404
