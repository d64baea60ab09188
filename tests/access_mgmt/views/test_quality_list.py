from datetime import timedelta

from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from access_mgmt.enums import QualityKind
from bhod_portal.core.identifiers import format_bce
from tests.access_mgmt.factories import AT, QualityFactory, QualityMemberFactory
from tests.csam.factories import AccessManagerFactory
from tests.csam.login import log_in
from tests.pages import shows


def url(enterprise):
    return reverse("access_mgmt:quality_list", args=[enterprise.bce_number])


def test_lists_the_qualities_with_their_local_manager(client, django_assert_max_num_queries):
    gap = AccessManagerFactory()
    quality = QualityFactory(enterprise=gap.enterprise)
    manager = QualityMemberFactory(quality=quality, local_manager=True, person__last_name="Janssens")
    QualityMemberFactory(quality=quality, co_local_manager=True, person__last_name="Renard")
    QualityFactory(enterprise=gap.enterprise, health_care=True, over=True)
    log_in(client, gap.person)

    with django_assert_max_num_queries(12):
        response = client.get(url(gap.enterprise))

    assertContains(response, str(manager.person))
    assert not shows(response, "Renard")
    assert shows(response, "10/03/2026")
    assert shows(response, "Désactivée")
    assertContains(response, f'href="{reverse("access_mgmt:quality_detail", args=[quality.pk])}"', count=1)
    assertContains(response, reverse("access_mgmt:quality_edit", args=[quality.pk]), count=1)


def test_offers_both_qualities_and_says_which_opens_bhod(client):
    gap = AccessManagerFactory()
    log_in(client, gap.person)

    response = client.get(url(gap.enterprise))

    assert shows(response, "Aucune qualité n'a encore été activée")
    assert [value for value, label in response.context["form"].fields["qualite"].choices] == [
        QualityKind.HEALTH_CARE,
        QualityKind.EHEALTH,
    ]
    assert shows(response, "La qualité « Soins de Santé » n'ouvre pas BHOD")


def test_leads_to_the_activation_of_the_chosen_quality(client):
    gap = AccessManagerFactory()
    log_in(client, gap.person)

    response = client.get(url(gap.enterprise), {"qualite": QualityKind.EHEALTH.value})

    assertRedirects(
        response,
        reverse("access_mgmt:quality_activate", args=[gap.enterprise.bce_number, QualityKind.EHEALTH.value]),
    )


def test_refuses_a_quality_that_is_active_or_not_offered(client):
    gap = AccessManagerFactory()
    QualityFactory(enterprise=gap.enterprise)
    log_in(client, gap.person)

    for kind in (QualityKind.EHEALTH, QualityKind.EMPLOYER):
        response = client.get(url(gap.enterprise), {"qualite": kind.value})
        assert response.context["form"].has_error("qualite", "invalid_choice")


def test_offers_nothing_when_all_is_active(client):
    gap = AccessManagerFactory()
    QualityFactory(enterprise=gap.enterprise)
    QualityFactory(enterprise=gap.enterprise, health_care=True)
    log_in(client, gap.person)

    assert shows(client.get(url(gap.enterprise)), "le sont déjà")


def test_lists_every_quality_of_the_portal_with_its_identifier(client):
    gap = AccessManagerFactory(enterprise__employer=True)
    QualityFactory(enterprise=gap.enterprise)
    log_in(client, gap.person)

    response = client.get(url(gap.enterprise))

    states = {state.name: state for state in response.context["states"]}
    assert list(states) == [
        "eHealth Soins de Santé",
        "Employeur ONSS",
        "Soins de Santé",
        "Prestataire de services",
        "Secrétariat social",
        "Gestionnaire pensions complémentaires",
        "Soins résidentiels",
    ]
    assert [name for name, state in states.items() if state.active] == ["eHealth Soins de Santé"]
    assert states["Employeur ONSS"].identifier_name == "Matricule ONSS"
    assert states["Employeur ONSS"].identifier
    assert {state.identifier for name, state in states.items() if name != "Employeur ONSS"} == {
        format_bce(gap.enterprise.bce_number)
    }


def test_who_is_no_employer_has_no_onss_number(client):
    gap = AccessManagerFactory()
    log_in(client, gap.person)

    response = client.get(url(gap.enterprise))

    assert {state.name: state.identifier for state in response.context["states"]}["Employeur ONSS"] == ""
    assert shows(response, "pas d'inscription comme employeur")


def test_tells_who_activated_and_deactivated_what_and_when(client):
    gap = AccessManagerFactory()
    over = QualityFactory(
        enterprise=gap.enterprise,
        activated_by=gap.person,
        over=True,
        deactivated_at=AT + timedelta(days=2),
    )
    again = QualityFactory(
        enterprise=gap.enterprise, activated_by=gap.person, activated_at=AT + timedelta(days=3)
    )
    log_in(client, gap.person)

    response = client.get(url(gap.enterprise))

    assert [(each.quality, each.activated) for each in response.context["events"]] == [
        (again, True),
        (over, False),
        (over, True),
    ]
    # The list itself has one line, that of the quality which is active now.
    assert [state.quality for state in response.context["states"] if state.quality] == [again]
    assert shows(response, "12/03/2026")
