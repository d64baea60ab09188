"""« Messages structurés » as a manager uses it: number, channels, each with its check page."""

import pytest
from django.urls import reverse

from access_mgmt.models import MessageChannel, SenderNumber
from tests.access_mgmt import x509
from tests.access_mgmt.factories import (
    CertificateFactory,
    MessageChannelFactory,
    QualityFactory,
    QualityMemberFactory,
    SenderNumberFactory,
)
from tests.pages import errors, shows


@pytest.fixture
def sender(manager):
    return SenderNumberFactory(quality=manager.quality)


@pytest.fixture
def certificate(manager):
    return CertificateFactory(
        of_quality=True, quality=manager.quality, valid_until=x509.now() + 60 * x509.DAY
    )


def address(manager, name):
    return reverse(f"access_mgmt:{name}", args=[manager.quality.pk])


def test_the_menu_leads_there(client, manager):
    response = client.get(address(manager, "quality_detail"))

    assert address(manager, "messaging") in response.content.decode()
    assert reverse("access_mgmt:own_certificate") in response.content.decode()


def test_tells_what_is_missing_at_first(client, manager):
    response = client.get(address(manager, "messaging"))

    assert shows(response, "La qualité n'a pas encore de numéro d'expéditeur.")
    assert shows(response, "Un canal s'active quand la qualité a un numéro d'expéditeur.")
    assert shows(response, "FI.DMFA.123456.20030801.00001.R.1.1")


def test_registers_a_number_of_the_simulator(client, manager):
    page = address(manager, "sender_number_register")
    assert shows(client.get(page), "Le numéro est donné par le simulateur")

    response = client.post(page, follow=True)

    assert shows(response, "Le numéro d'expéditeur 900001 est enregistré.")
    assert shows(response, "900001 (numéro du simulateur)")
    assert shows(response, "FI.DMFA.900001.20030801.00001.R.1.1")


def test_a_second_click_says_which_number_there_is(client, manager, sender):
    response = client.post(address(manager, "sender_number_register"), follow=True)

    assert shows(response, "La qualité a déjà le numéro d'expéditeur 900001.")
    assert SenderNumber.objects.count() == 1


def test_no_channel_without_a_number(client, manager):
    for name in ("channel_activate", "channel_activate_check"):
        response = client.post(address(manager, name), {"kind": "FTP"}, follow=True)
        assert shows(response, "Enregistrez d'abord un numéro d'expéditeur.")
    assert not MessageChannel.objects.exists()


def test_opens_a_channel_after_a_check_page(client, manager, sender):
    check = client.post(
        address(manager, "channel_activate"), {"kind": "FTP", "application": "BHOD"}, follow=True
    )
    assert shows(check, "Activer ce canal ?")
    assert shows(check, "Honoraires de disponibilité (INAMI)")
    assert not MessageChannel.objects.exists()

    done = client.post(address(manager, "channel_activate_check"), check.context["choice"], follow=True)

    assert shows(done, "Le canal FTP est activé.")
    assert MessageChannel.objects.get().application == "BHOD"


def test_going_back_keeps_the_choice(client, manager, sender):
    check = client.get(address(manager, "channel_activate_check"), {"kind": "FTP", "application": "BHOD"})

    form = client.get(check.context["back_url"]).context["form"]

    assert (form["kind"].value(), form["application"].value()) == ("FTP", "BHOD")


def test_a_second_click_opens_no_second_channel(client, manager, sender):
    for _click in range(2):
        response = client.post(address(manager, "channel_activate_check"), {"kind": "FTP"}, follow=True)

    assert shows(response, "Un canal est déjà activé pour ce choix")
    assert MessageChannel.objects.count() == 1


def test_rest_without_certificate_is_refused_beside_the_choice(client, manager, sender):
    response = client.post(address(manager, "channel_activate"), {"kind": "REST"})

    assert errors(response) == {"kind": ["no_certificate"]}


def test_rest_gives_a_client_id(client, manager, sender, certificate):
    check = client.post(address(manager, "channel_activate"), {"kind": "REST"}, follow=True)
    assert shows(check, "Vous recevez un OAuth client id, donné par le simulateur.")

    response = client.post(address(manager, "channel_activate_check"), {"kind": "REST"}, follow=True)

    expected = f"cbe-{manager.quality.enterprise.bce_number}-1"
    assert shows(response, f"Le canal REST est activé. OAuth client id : {expected}.")
    assert shows(response, "Toutes les applications sécurisées")


@pytest.mark.parametrize("choice", [{}, {"kind": "CARRIER"}, {"kind": "FTP", "application": "AUTRE"}])
def test_a_choice_that_is_none_goes_back_to_the_form(client, manager, sender, choice):
    check = address(manager, "channel_activate_check")

    for response in (client.get(check, choice), client.post(check, choice)):
        assert response.status_code == 302
        assert response["Location"] == address(manager, "channel_activate")
    assert not MessageChannel.objects.exists()


@pytest.mark.parametrize("rest", [True, False])
def test_removes_a_channel_after_a_check_page(client, manager, sender, rest):
    channel = MessageChannelFactory(sender_number=sender, rest=rest)
    page = reverse("access_mgmt:channel_remove", args=[channel.pk])
    assert shows(client.get(page), "Supprimer ce canal ?")

    assert shows(client.post(page, follow=True), "Le canal est supprimé.")
    assert shows(client.post(page, follow=True), "Ce canal est déjà supprimé.")

    channel.refresh_from_db()
    assert channel.ended_by == manager.person


def test_says_that_rest_does_not_work_without_its_certificate(client, manager, sender):
    MessageChannelFactory(sender_number=sender, rest=True)

    assert shows(client.get(address(manager, "messaging")), "sans certificat valable")


def test_a_channel_of_another_quality_is_not_found(client, manager):
    channel = MessageChannelFactory()

    assert client.get(reverse("access_mgmt:channel_remove", args=[channel.pk])).status_code == 404


def test_a_channel_of_a_quality_that_is_over_is_not_found(client, manager):
    over = QualityFactory(over=True)
    QualityMemberFactory(quality=over, person=manager.person, local_manager=True)
    channel = MessageChannelFactory(sender_number__quality=over)

    assert client.get(reverse("access_mgmt:channel_remove", args=[channel.pk])).status_code == 404


def test_costs_the_same_however_many_channels(client, manager, sender, django_assert_max_num_queries):
    for application in ("", "BHOD"):
        for _each in range(20):
            MessageChannelFactory(sender_number=sender, application=application, ended=True)

    with django_assert_max_num_queries(12):
        client.get(address(manager, "messaging"))
