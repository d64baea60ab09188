import pytest
from django.db.models import F
from django.urls import reverse
from pytest_django.asserts import assertContains

from access_mgmt.models import Quality
from csam.models import AccessManager, Enterprise
from tests.pages import errors, shows
from tests.personas import HAUTE_MEUSE, VAL_DE_SENNE

URL = reverse("training:shortcut_check")


def check(client, number=HAUTE_MEUSE):
    return client.get(URL, {"numero": number})


def holding(response):
    return [condition.holds for condition in response.context["conditions"]]


def test_a_circle_that_is_ready_passes_to_its_users(client, demo):
    Enterprise.objects.filter(bce_number=HAUTE_MEUSE).update(onss_number="123456789")
    quality = Quality.objects.active().get(enterprise=demo.haute_meuse, kind="ehealth-soins-de-sante")

    page = check(client)

    assert holding(page) == [True] * 4
    assert shows(page, "Les quatre conditions sont remplies.")
    assert page.context["next_step"].url == reverse("access_mgmt:member_list", args=[quality.pk])


def test_a_circle_that_is_nowhere_begins_with_csam(client, demo):
    page = check(client, VAL_DE_SENNE)

    assert holding(page)[0] is False
    assert holding(page)[2:] == [False, False]
    assert page.context["next_step"].url == reverse("csam:landing")
    assert not shows(page, "Les quatre conditions sont remplies.")


def test_without_the_quality_its_activation_is_next(client, demo):
    Quality.objects.filter(enterprise=demo.haute_meuse, kind="ehealth-soins-de-sante").update(
        kind="soins-de-sante"
    )

    page = check(client)

    assert shows(page, "« Soins de Santé » est active aussi.")
    assert page.context["next_step"].url == reverse(
        "access_mgmt:quality_activate", args=[HAUTE_MEUSE, "ehealth-soins-de-sante"]
    )


def test_who_is_no_employer_reads_so(client, demo):
    Enterprise.objects.filter(bce_number=HAUTE_MEUSE).update(onss_number="")

    page = check(client)

    assert holding(page)[1] is False
    assert shows(page, "hors de ce simulateur")


def test_a_dpo_is_as_good_as_the_one_in_charge(client, demo):
    managers = AccessManager.objects.filter(enterprise=demo.haute_meuse)
    managers.filter(kind="GAP").update(ended_at=demo.world.frozen_at, ended_by=F("person"))

    assert holding(check(client))[3] is True


@pytest.mark.parametrize(
    ("number", "code"),
    [("", "required"), ("12", "malformed"), ("0999999032", "check_digits"), ("0999999922", "unknown")],
)
def test_refuses_a_number_beside_its_field(client, demo, number, code):
    page = check(client, number)

    assert errors(page) == {"numero": [code]}


def test_is_offered_on_the_portal_home(client, demo):
    page = client.get(reverse("training:portal_home"))

    assertContains(page, f'action="{URL}"')
    assert shows(page, 'avoir la qualité "eHealth Soins de Santé".')
