"""Whoever acts, and in whatever language: a message is in that of its reader."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from bhod_portal.core.models import Message
from csam.enums import Language, ManagerKind, StaffRole
from csam.services import managers, second_factors
from csam.services.decisions import accept_request, refuse_request
from tests.csam.factories import (
    AT,
    AccessManagerFactory,
    DesignationRequestFactory,
    EmploymentFactory,
    LegalFunctionFactory,
    PersonFactory,
)

CONTACT = {"phone": "+32 470 00 00 03", "own_phone": "+32 470 00 00 01"}


def mails_to(person):
    return [message.subject for message in Message.objects.filter(person=person)]


def test_each_of_two_reads_of_a_designation_in_his_language():
    enterprise = AccessManagerFactory(activated_at=AT).enterprise
    by = LegalFunctionFactory(enterprise=enterprise, person__language=Language.DUTCH).person
    named = EmploymentFactory(enterprise=enterprise, person__language=Language.GERMAN).person

    managers.name_manager(
        enterprise=enterprise,
        person=named,
        kind=ManagerKind.CO_MAIN,
        domain="",
        by=by,
        at=AT,
        email="nomme@exemple.invalid",
        own_email="auteur@exemple.invalid",
        **CONTACT,
    )

    assert mails_to(by) == [f"co-Hoofdtoegangsbeheerder van {enterprise.name}"]
    assert mails_to(named) == [f"Co-Hauptzugangsverwalter von {enterprise.name}"]


@pytest.mark.parametrize("language", [Language.DUTCH, Language.GERMAN, Language.ENGLISH])
def test_whom_nobody_knows_is_answered_in_the_language_in_which_he_asked(language):
    agent = PersonFactory(niss="", username="agent-csam", staff_role=StaffRole.CSAM)
    request = DesignationRequestFactory(world=agent.world, language=language)

    with override("fr"):
        refuse_request(request=request, reason="x", by=agent, at=AT)

    sent = Message.objects.get()
    assert sent.language == language
    with override(language):
        assert (
            sent.subject
            == render_to_string(
                "csam/emails/designation_request_refused_subject.txt",
                {"request": request, "enterprise": request.enterprise},
            ).strip()
        )
    assert not sent.subject.startswith("Votre demande")


@pytest.mark.parametrize("language", [Language.DUTCH, Language.GERMAN, Language.ENGLISH])
def test_who_becomes_gap_without_being_known_reads_as_it_was_asked(language):
    agent = PersonFactory(niss="", username="agent-csam", staff_role=StaffRole.CSAM)
    request = DesignationRequestFactory(world=agent.world, language=language)

    with override("fr"):
        accept_request(request=request, gap=None, by=agent, at=AT)

    request.refresh_from_db()
    assert request.gap.language == language
    assert set(Message.objects.values_list("language", flat=True)) == {language}


@pytest.mark.parametrize("language", [Language.DUTCH, Language.GERMAN, Language.ENGLISH])
def test_a_new_paper_token_is_told_in_the_persons_language(language):
    person = PersonFactory(language=language)

    with override("fr"):
        second_factors.issue_token(replaces=None, by=person, at=AT)

    [subject] = mails_to(person)
    with override(language):
        what = second_factors.gettext_lazy("token papier délivré")
        assert subject.endswith(f": {what}")
    assert "token papier délivré" not in subject


def test_a_link_to_a_new_password_is_in_the_persons_language(client):
    person = PersonFactory(language=Language.GERMAN, username="german", email="german@exemple.invalid")
    person.set_password("Simulateur-2026!")
    person.save()
    client.cookies["django_language"] = "fr"

    client.post(reverse("account_reset_password"), {"email": person.email})

    [message] = Message.objects.filter(person=person)
    assert "Passwort" in message.subject
