"""Whom a payment tells what: who gets less than he was paid, who has no account, whose payment came back."""

from datetime import UTC, datetime, timedelta

import pytest

from bhod.enums import GuardAct, GuardState, ReturnReason
from bhod.models import Settlement
from bhod.services import bank, payment_notices
from bhod_portal.core.models import Message
from tests.bhod.factories import CircleDoctorFactory, GuardFactory
from tests.bhod.payments import carried, closed_run, payable_guard
from tests.prosante_login.factories import ProviderAccountFactory

pytestmark = pytest.mark.django_db

MAY, JULY, SEPTEMBER = (datetime(2026, month, 4, 9, tzinfo=UTC) for month in (5, 7, 9))


@pytest.fixture
def guard(unit):
    """A confirmed night of 13 hours (80.60 €) of a doctor who has an account."""
    return payable_guard(unit)


def pay(world, agent, at):
    return closed_run(world, by=agent, at=at)


def change_hours(guard, manager, at, hours):
    ends_at = guard.ends_at + timedelta(hours=hours)
    carried(guard, manager, at, act=GuardAct.CHANGED, state=GuardState.REGISTERED, ends_at=ends_at)
    carried(guard, manager, at, act=GuardAct.CONFIRMED, state=GuardState.CONFIRMED)


def told(provider, about="paiement"):
    """The texts of the mails about payments to a doctor, spaces as one types them."""
    mails = Message.objects.filter(person=provider.person, subject__contains=about).order_by("pk")
    return [mail.body.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ") for mail in mails]


def test_who_is_paid_as_he_expects_is_not_told(guard, world, agent):
    pay(world, agent, MAY)
    assert told(guard.provider) == []


def test_who_was_paid_too_much_learns_how_much_and_for_which_guards(guard, world, agent, manager):
    pay(world, agent, MAY)
    change_hours(guard, manager, MAY, -1)
    pay(world, agent, JULY)

    [mail] = told(guard.provider)
    assert "6,20 € sont repris" in mail
    assert "80,60 € comptés, 74,40 € dus, 6,20 € repris" in mail
    assert guard.unit.name in mail
    assert "6,20 € restent à reprendre" in mail
    assert "/bhod/mes-gardes/paiements/" in mail


def test_a_cancelled_guard_is_told_with_what_is_paid_instead(guard, world, agent, manager):
    pay(world, agent, MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    for days in (-14, -7):
        GuardFactory(
            confirmed=True,
            unit=guard.unit,
            provider=guard.provider,
            starts_at=guard.starts_at + timedelta(days=days),
            ends_at=guard.ends_at + timedelta(days=days),
        )
    pay(world, agent, JULY)

    [mail] = told(guard.provider)
    assert "80,60 € comptés, 0,00 € dus, 80,60 € repris" in mail
    assert "déduit de ce qui vous est dû par ailleurs : 80,60 € vous sont versés" in mail


def test_what_other_fees_make_up_for_exactly_is_told_so(guard, world, agent, manager):
    pay(world, agent, MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    GuardFactory(
        confirmed=True,
        unit=guard.unit,
        provider=guard.provider,
        starts_at=guard.starts_at + timedelta(days=-7),
        ends_at=guard.ends_at + timedelta(days=-7),
    )
    pay(world, agent, JULY)
    [mail] = told(guard.provider)
    assert "le compense exactement" in mail


def test_who_had_not_got_it_yet_is_not_told_that_he_was_paid(guard, world, agent, manager):
    """It waited for an account when it was cancelled: what was owed and what is taken back are nothing together."""
    guard.provider.accounts.all().delete()
    pay(world, agent, MAY)
    carried(guard, manager, MAY, act=GuardAct.CANCELLED, state=GuardState.CANCELLED)
    pay(world, agent, JULY)

    mail = told(guard.provider)[-1]

    assert "80,60 € comptés, 0,00 € dus, 80,60 € repris" in mail
    assert "Ce qui vous était dû par ailleurs le compense exactement" in mail
    assert "payées" not in mail


def test_who_gets_more_after_a_correction_is_not_alarmed(guard, world, agent, manager):
    change_hours(guard, manager, MAY, -2)
    pay(world, agent, MAY)
    change_hours(guard, manager, MAY, -1)
    pay(world, agent, JULY)
    assert told(guard.provider) == []


def test_who_has_no_account_learns_how_much_waits_and_where_to_name_one(guard, world, agent):
    guard.provider.accounts.all().delete()
    pay(world, agent, MAY)
    [mail] = told(guard.provider)
    assert "80,60 € vous sont dus" in mail
    assert "/prosante/dossier/donnees-financieres/" in mail


def test_he_is_told_again_while_it_waits_and_no_more_once_it_is_paid(guard, world, agent):
    guard.provider.accounts.all().delete()
    pay(world, agent, MAY)
    pay(world, agent, JULY)
    assert len(told(guard.provider)) == 2
    ProviderAccountFactory(provider=guard.provider)
    pay(world, agent, SEPTEMBER)
    assert len(told(guard.provider)) == 2


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        (ReturnReason.CLOSED_ACCOUNT, "désignez-en un autre"),
        (ReturnReason.BLOCKED_ACCOUNT, "Voyez avec votre banque"),
        (ReturnReason.INCORRECT_ACCOUNT, "Relisez le numéro"),
    ],
)
def test_whose_payment_came_back_learns_why_and_what_to_do(guard, world, agent, reason, advice):
    run = pay(world, agent, MAY)
    bank.answer_run(run=run, returned={run.settlements.get().pk: reason}, by=agent, at=MAY)
    [mail] = told(guard.provider)
    assert "80,60 €" in mail
    assert f"Motif : {reason.label}." in mail
    assert advice in mail


def test_no_mail_has_an_account_number(guard, world, agent):
    run = pay(world, agent, MAY)
    bank.answer_run(
        run=run, returned={run.settlements.get().pk: ReturnReason.CLOSED_ACCOUNT}, by=agent, at=MAY
    )
    pay(world, agent, JULY)
    mails = told(guard.provider)
    assert len(mails) == 2
    assert not any(account.iban[-4:] in mail for account in guard.provider.accounts.all() for mail in mails)


def test_who_has_no_address_gets_nothing(guard, world, agent):
    guard.provider.accounts.all().delete()
    guard.provider.person.email = ""
    guard.provider.person.save()
    pay(world, agent, MAY)
    assert not Message.objects.filter(person=guard.provider.person).exists()


def test_many_are_told_in_as_many_queries_as_one(guard, world, agent, manager, django_assert_num_queries):
    pay(world, agent, MAY)
    change_hours(guard, manager, MAY, -1)
    for _ in range(3):
        poor = GuardFactory(confirmed=True, unit=guard.unit)
        CircleDoctorFactory(enterprise=guard.unit.enterprise, provider=poor.provider)
    run = pay(world, agent, JULY)
    assert Settlement.objects.filter(run=run).count() == 4
    # Corrected guards, their lines, settlements, the world, mails.
    with django_assert_num_queries(5):
        assert payment_notices.tell_of_closing(run, at=JULY) == 4
