"""The first hour of a circle that has just got its access, in the order in which its page leads: zone, unit, hours,
doctors, guards."""

import pytest
from django.urls import reverse

from access_mgmt.enums import Function
from bhod.models import Guard, GuardUnit
from bhod_portal.core import clock
from tests.access_mgmt.factories import RoleAssignmentFactory
from tests.csam.login import log_in
from tests.pages import text_of
from tests.personas import choose_profile, person

CIRCLE = reverse("bhod:circle")


@pytest.fixture
def circle(demo):
    return demo.val_de_senne


@pytest.fixture
def manager(client, circle):
    """Its manager; how one becomes that is told elsewhere."""
    nadia = person("nadia")
    RoleAssignmentFactory(
        member__quality__enterprise=circle,
        member__person=nadia,
        function=Function.FILEMANAGER_CIRCLE,
        effective=True,
    )
    log_in(client, nadia)
    choose_profile(client, circle.pk)
    return nadia


def send(client, page, *args, **typed):
    """What is typed into the form of a page, beside what stands in it."""
    address = reverse(f"bhod:{page}", args=args)
    form = client.get(address).context["form"]
    shown = {field.html_name: field.value() for field in form if field.value() not in {None, False}}
    if shown.get("seen"):
        shown["seen"] = form.fields["seen"].prepare_value(form["seen"].value())
    return client.post(address, shown | typed, follow=True)


@pytest.mark.usefixtures("manager")
def test_the_first_hour_of_a_new_circle(client, circle):
    assert "Les premiers pas de votre cercle" in text_of(client.get(CIRCLE))
    unit = GuardUnit.objects.get(enterprise=circle)
    # Who has nothing yet is told something everywhere.
    for name in ("guard_month", "guard_list", "quality", "fairness", "doctor_list"):
        assert client.get(reverse(f"bhod:{name}")).status_code == 200

    send(client, "zone_add", name="Val de Senne", population="62 000")
    page = send(client, "unit_edit", unit.pk, zone=circle.guard_zones.get().pk)
    assert "1 de 08:00 à 23:00, 1 de 23:00 à 08:00" in text_of(page)
    send(client, "shift_add", category="WEEKNIGHT", name="Nuit", starts="19:00", ends="08:00")
    today = f"{clock.today(circle.world):%d-%m-%Y}"
    send(client, "doctor_enrol", inami_number="1-99906-11-003", valid_from=today)
    doctor = circle.circle_doctors.get()
    hours = {"start_day": today, "start_time": "20:00", "end_day": today, "end_time": "23:00"}
    send(client, "guard_create", unit=unit.pk, provider=doctor.provider_id, **hours)

    assert Guard.objects.get(unit=unit).provider == doctor.provider
    assert "premiers pas" not in text_of(client.get(CIRCLE))
