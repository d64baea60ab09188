"""What is said of a function that is given all the same."""

import pytest
from django.urls import reverse

from access_mgmt.enums import Function, SecuredApplication
from access_mgmt.models import RoleAssignment
from prosante_login.enums import Profession
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory
from tests.csam.login import log_in
from tests.pages import errors, shows
from tests.prosante_login.factories import CareProviderFactory

NO_DOCTOR = "n'est pas connu(e) comme médecin"
NO_APPLICATION = "« Honoraires de disponibilité (INAMI) » n'est pas cochée"
PAST_START = "Le début est dans le passé"
PAST = "Ces dates sont déjà passées"

pytestmark = pytest.mark.usefixtures("stopped_clock")


def url(member):
    return reverse("access_mgmt:role_list", args=[member.pk])


def give(client, member, function=Function.FILEMANAGER_CIRCLE, **dates):
    data = {"function": function.value, "valid_from": "11-3-2026", **dates}
    response = client.post(url(member), data, follow=True)
    assert RoleAssignment.objects.count() == 1
    return " ".join(str(each) for each in response.context["messages"])


@pytest.fixture
def doctor(member):
    member.secured_applications = [SecuredApplication.BHOD]
    member.save()
    CareProviderFactory(person=member.person, profession=Profession.PHYSICIAN)
    return member


def test_a_manager_who_is_no_doctor(client, member):
    CareProviderFactory(person=member.person, profession=Profession.NURSE)

    assert shows(client.get(url(member)), f"{member.person} {NO_DOCTOR}")
    said = give(client, member)
    assert NO_DOCTOR in said
    assert "Il n'y a pas de contrôle externe sur l'attribution des rôles." in said


def test_a_function_without_the_application(client, member):
    assert shows(client.get(url(member)), NO_APPLICATION)
    said = give(client, member, Function.GUARDPOST_CIRCLE)
    assert NO_APPLICATION in said
    assert NO_DOCTOR not in said


def test_nothing_for_a_doctor_who_has_the_application(client, doctor):
    page = client.get(url(doctor))

    assert not shows(page, NO_DOCTOR)
    assert not shows(page, NO_APPLICATION)
    said = give(client, doctor)
    assert not any(words in said for words in (NO_DOCTOR, NO_APPLICATION, PAST_START, PAST))


def test_nothing_of_a_function_of_another_application(client, member):
    said = give(client, member, Function.OA_ADMIN)

    assert NO_DOCTOR not in said
    assert NO_APPLICATION not in said


def test_a_start_in_the_past(client, doctor):
    assert PAST_START in give(client, doctor, valid_from="9/3/2026")


def test_a_period_that_is_over(client, doctor):
    said = give(client, doctor, valid_from="1-1-2026", valid_until="9-3-2026")

    assert PAST in said
    assert PAST_START not in said


def test_a_circle_function_under_another_quality_is_refused(client):
    manager = QualityMemberFactory(local_manager=True, quality=QualityFactory(health_care=True))
    log_in(client, manager.person)

    response = client.post(
        url(manager), {"function": Function.FILEMANAGER_CIRCLE.value, "valid_from": "11-3-2026"}
    )

    assert errors(response) == {"function": ["invalid_choice"]}
    assert shows(response, "ne se donnent que sous la qualité « eHealth Soins de Santé »")
    assert not RoleAssignment.objects.exists()
