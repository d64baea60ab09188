"""Who may not see amounts finds none: on no page, in no file, calendar, part of a page or mail (issue 8).

The circle has guards in every state that money knows. All that an administrative user can open is opened and read.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urldefrag, urlsplit

import pytest
from django.urls import get_resolver, resolve, reverse

from access_mgmt.enums import Function, QualityKind
from access_mgmt.models import Quality, QualityMember
from bhod.enums import GuardState, PayState, RunState, SettlementOutcome
from bhod.models import Guard, GuardUnit, PaymentLine, Settlement
from bhod.permissions import Capability
from bhod.selectors.calendars import digest
from bhod.selectors.payments import pay_of_guards
from bhod.services import payment_runs, questions, validation
from bhod.services.guards import cancel_guard
from bhod_portal.core import clock
from bhod_portal.core.models import Message
from csam.enums import StaffRole
from prosante_login.models import CareProvider
from tests.access_mgmt.factories import QualityMemberFactory, RoleAssignmentFactory
from tests.architecture.matrix import read
from tests.architecture.scene import Sample, give_passkey
from tests.architecture.urls import addresses
from tests.bhod.factories import CalendarFeedFactory, CircleDoctorFactory, GuardFactory
from tests.bhod.money import Money, all_of
from tests.bhod.payment_factories import GuardCheckFactory
from tests.personas import HAUTE_MEUSE, choose_profile, person, visit_as
from tests.unmeasured import unmeasured

MATRIX = read()
BHOD = [name for name in addresses() if name.startswith("bhod:")]
LINK = re.compile(r'(?:href|action|hx-get|src)="(/bhod/[^"]*)"')
SECRET = "s" * 43
PART = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def circle(demo_world, django_db_blocker):
    with django_db_blocker.unblock():
        return demo_world.enterprises.select_related("world").get(bce_number=HAUTE_MEUSE)


@pytest.fixture(scope="module")
def sample(demo_world, circle, django_db_blocker):
    """The objects of the addresses, in a circle whose guards stand in every state of money."""
    with django_db_blocker.unblock():
        give_passkey(person("nadia"))
        sample = Sample()
        put_money(circle, sample.draft)
        CalendarFeedFactory(enterprise=circle, secret_hash=digest(SECRET), created_by=person("marc"))
    return sample


def put_money(circle, run):
    """Checked, refused, paid, returned, contested and cancelled guards, and a payment in preparation."""
    world = circle.world
    at = clock.now(world)
    unit = GuardUnit.objects.filter(enterprise=circle).earliest("pk")
    # Enrolled nowhere: refused.
    GuardFactory(unit=unit, confirmed=True)
    validation.validate(world=world, at=at)
    agent = world.persons.get(staff_role=StaffRole.INAMI)
    payment_runs.recalculate_run(run=run, by=agent, at=at)
    payment_runs.work_on(run, at=at)
    doctor = CircleDoctorFactory(enterprise=circle).provider
    GuardCheckFactory(guard=GuardFactory(unit=unit, provider=doctor, confirmed=True))
    paid = PaymentLine.objects.filter(run__state=RunState.CLOSED, guard_check__enterprise=circle)
    first, second, third = dict.fromkeys(
        paid.filter(guard_check__provider__settlements__outcome=SettlementOutcome.PAID)
        .order_by("guard_check__provider")
        .values_list("guard_check__provider", flat=True)
        .distinct()[:3]
    )
    Settlement.objects.filter(provider=first, run__state=RunState.CLOSED).update(
        outcome=SettlementOutcome.RETURNED, return_reason="AC04"
    )
    changed = Guard.objects.get(pk=paid.filter(guard_check__provider=second)[0].guard_check.guard_id)
    cancel_guard(guard=changed, reason="double", by=person("marc"), at=at)
    contested = paid.filter(guard_check__provider=third)[0].guard_check
    provider = CareProvider.objects.select_related("person").get(pk=third)
    questions.ask_question(
        guard=contested.guard,
        provider=provider,
        text="Une heure de moins ?",
        mandate=None,
        by=provider.person,
        at=at,
    )


@pytest.fixture(scope="module")
def money(demo_world, sample, django_db_blocker):
    with django_db_blocker.unblock():
        return Money.of(demo_world)


@pytest.fixture
def administrative(client, circle, sample):
    """The browser of Marc, who came for the circle."""
    visit_as(client, "marc")
    choose_profile(client, circle.pk)
    return client


def opened_by(persona):
    """The pages of BHOD that the access matrix opens to someone."""
    return [
        name
        for name in BHOD
        if MATRIX.get((name, "GET"), {}).get(persona) in {"200", "go"} and name != "bhod:feed"
    ]


class Walk:
    """All that one visitor reaches from some addresses: each of these, and one page of each kind that they lead to."""

    def __init__(self, client, starts, money):
        self.client, self.money = client, money
        self.seen, self.kinds, self.told, self.files = set(), Counter(), {}, Counter()
        waiting = list(starts)
        while waiting:
            waiting += self.open(waiting.pop(0), is_asked=len(self.seen) < len(starts))

    def open(self, address, *, is_asked):
        parts = urlsplit(address)
        kind = (resolve(parts.path).view_name, frozenset(parse_qs(parts.query)))
        if address in self.seen or (self.kinds[kind] and not is_asked):
            return []
        self.seen.add(address)
        self.kinds[kind] += 1
        answer = self.client.get(address, follow=True)
        self.files[answer["Content-Type"].split(";")[0]] += 1
        if answer["Content-Type"] == "application/pdf":
            return []
        text = all_of(answer)
        if told := self.money.told_by(text):
            self.told[address] = told
        found = LINK.findall(text) if answer["Content-Type"].startswith("text/html") else []
        return [urldefrag(each.replace("&amp;", "&"))[0] for each in found]


def test_the_guards_of_the_circle_are_in_every_state(sample, circle):
    guards = Guard.objects.filter(unit__enterprise=circle)
    states = {each.state for each in pay_of_guards(list(guards), at=clock.now(circle.world)).values()}
    assert states >= {
        PayState.EXPECTED, PayState.TO_CONFIRM, PayState.REFUSED, PayState.VALIDATED, PayState.IN_PAYMENT,
        PayState.RETURNED, PayState.PAID, PayState.TO_CORRECT,
    }  # fmt: skip


def test_a_page_with_amounts_is_caught(client, sample, circle, money):
    """What the manager reads on the same page."""
    visit_as(client, "nadia")
    choose_profile(client, circle.pk)
    told = money.told_by(all_of(client.get(reverse("bhod:guard_list"), {"mois": "2025-12"})))
    assert any("€" in each for each in told)
    assert any("payée" in each for each in told)
    assert any("retournée" in each for each in told)


def test_no_page_that_an_administrative_user_reaches_has_one(administrative, sample, money):
    starts = [sample.address(name) for name in opened_by("marc")]

    walk = unmeasured(lambda: Walk(administrative, starts, money))

    assert walk.told == {}
    assert {name for name, _query in walk.kinds} >= set(opened_by("marc"))
    assert walk.files["text/csv"] >= 2


MONTHS = ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
ASKED = [
    ("bhod:guard_list", {"annulees": "1"}),
    ("bhod:guard_list", {"etat": GuardState.CONFIRMED}),
    ("bhod:guard_list", {"tri": "-heures", "page": "2"}),
    ("bhod:guard_list", {"montants": "1"}),
    ("bhod:guard_month", {"vue": "medecins", "annulees": "1"}),
    ("bhod:guard_week", {"annulees": "1"}),
    ("bhod:fairness", {}),
]


@pytest.mark.parametrize("part", [{}, PART], ids=["whole", "part"])
@pytest.mark.parametrize(("name", "query"), ASKED)
def test_no_month_nor_part_of_a_page_has_one(administrative, money, name, query, part):
    for month in MONTHS[1::2]:
        answer = administrative.get(reverse(name), query | {"mois": month}, headers=part)
        assert answer.status_code == 200
        assert money.told_by(all_of(answer)) == []


@pytest.mark.parametrize("file", ["csv", "ics"])
def test_no_file_of_guards_has_one(administrative, money, file):
    asked = {"du": "01-11-2025", "au": "31-03-2026", "fichier": file, "annulees": "1", "montants": "1"}
    answer = administrative.get(reverse("bhod:guard_export"), asked)
    text = all_of(answer)
    assert "gardes-" in answer["Content-Disposition"]
    assert text.count("\n") > 100
    assert money.told_by(text) == []


@pytest.mark.parametrize(
    ("name", "query", "kind"),
    [
        ("bhod:doctor_export", {}, "text/csv"),
        ("bhod:quality_export", {"du": "01-11-2025", "au": "31-03-2026"}, "text/csv"),
        ("bhod:fairness_export", {"du": "01-11-2025", "au": "31-03-2026"}, "text/csv"),
        ("bhod:doctor_import_template", {"format": "xlsx"}, "spreadsheet"),
        ("bhod:planning_import_template", {"format": "xlsx"}, "spreadsheet"),
    ],
)
def test_no_other_file_has_one(administrative, money, name, query, kind):
    answer = administrative.get(reverse(name), query)
    assert kind in answer["Content-Type"]
    assert money.told_by(all_of(answer)) == []


def test_no_calendar_has_one(client, sample, money):
    answer = client.get(reverse("bhod:feed", kwargs={"secret": SECRET}))
    text = all_of(answer)
    assert "BEGIN:VEVENT" in text
    assert money.told_by(text) == []


def test_no_sheet_to_print_has_one(administrative, money, monkeypatch):
    printed = []

    def compile_(template, *, sys_inputs, **_options):
        printed.append(template.read_text() + sys_inputs["data"])
        return b"%PDF-"

    monkeypatch.setattr("bhod_portal.core.pdf.typst.compile", compile_)
    for month in MONTHS:
        answer = administrative.get(reverse("bhod:guard_sheet"), {"mois": month})
        assert answer["Content-Type"] == "application/pdf"
    assert len(printed) == len(MONTHS)
    assert [told for text in printed for told in money.told_by(text)] == []


def test_no_answer_to_what_he_does_has_one(administrative, circle, money):
    """A guard entered in a cell, checked beforehand; a guard that was paid changed, opened again and cancelled."""
    unit = GuardUnit.objects.filter(enterprise=circle).earliest("pk")
    day = datetime(2026, 3, 20, 18, tzinfo=UTC)
    doctor = CircleDoctorFactory(enterprise=circle).provider
    typed = {
        "unit": unit.pk, "provider": doctor.pk, "start_day": f"{day:%d-%m-%Y}", "start_time": "19:00",
        "end_day": f"{day + timedelta(days=1):%d-%m-%Y}", "end_time": "08:00",
    }  # fmt: skip
    paid = PaymentLine.objects.filter(
        run__state=RunState.CLOSED,
        guard_check__enterprise=circle,
        guard_check__superseded_at=None,
        guard_check__guard__provider__settlements__outcome=SettlementOutcome.PAID,
    )
    first, second = Guard.objects.filter(checks__lines__in=paid).order_by("pk").distinct()[:2]
    answers = [
        administrative.get(reverse("bhod:guard_check"), typed, headers=PART),
        administrative.post(reverse("bhod:guard_create"), typed, follow=True),
        administrative.post(
            reverse("bhod:guard_quick") + f"?jour={day:%Y-%m-%d}&unite={unit.pk}",
            {"doctor": "zz", "shift": "0"},
            headers=PART,
        ),
        *(
            administrative.get(reverse(f"bhod:{name}", args=[first.pk]))
            for name in ("guard_edit", "guard_cancel", "guard_reopen", "guard_split", "guard_history")
        ),
        administrative.post(reverse("bhod:guard_reopen", args=[first.pk]), {"reason": "double"}, follow=True),
        administrative.post(
            reverse("bhod:guard_cancel", args=[second.pk]),
            {"reason": "double", "version": second.version},
            follow=True,
        ),
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (GuardState.REGISTERED, GuardState.CANCELLED)
    assert [told for answer in answers for told in money.told_by(all_of(answer))] == []


def of_finances():
    """Every page of the circle's finances: by what it asks of its reader, and by where it stands."""
    by_name = {
        f"bhod:{each.name}": each.callback.view_class for each in get_resolver("bhod.urls").url_patterns
    }
    asking = {
        name
        for name, view in by_name.items()
        if getattr(view, "required_capability", None) == Capability.SEE_FINANCES
    }
    return sorted(
        asking | {each.name for each in addresses().values() if each.route.startswith("bhod/finances/")}
    )


@pytest.mark.parametrize("name", of_finances())
def test_no_page_of_the_finances_lets_him_in(administrative, sample, money, name):
    assert MATRIX[name, addresses()[name].methods[0]]["marc"] == "403"
    for method in addresses()[name].methods:
        answer = getattr(administrative, method.lower())(sample.address(name))
        assert answer.status_code == 403
        told = [each for each in money.told_by(all_of(answer)) if "Informations financières" not in each]
        assert told == []


def test_no_page_of_the_agents_is_there_for_him(administrative, sample):
    names = [each.name for each in addresses().values() if each.route.startswith("bhod/agent/")]
    assert names
    for name in names:
        for method in addresses()[name].methods:
            assert getattr(administrative, method.lower())(sample.address(name)).status_code == 404


def give(person, enterprise, function):
    """A function in a circle of the demo world, where he doesn't hold it yet."""
    quality = Quality.objects.active().get(enterprise=enterprise, kind=QualityKind.EHEALTH)
    member = QualityMember.objects.filter(quality=quality, person=person).first()
    member = member or QualityMemberFactory(quality=quality, person=person)
    if not member.assignments.filter(function=function).exists():
        RoleAssignmentFactory(member=member, function=function, effective=True)


@pytest.mark.parametrize("function", [Function.GUARDPOST_CIRCLE, Function.FILEMANAGER_CIRCLE])
def test_a_coordinator_reads_none_of_several_circles(client, circle, sample, money, function):
    """Whatever he is in the other one, where guards are worth money too."""
    other = circle.world.enterprises.exclude(pk=circle.pk).filter(guard_units__guards__isnull=False).first()
    give(person("marc"), other, function)
    visit_as(client, "marc")
    choose_profile(client, circle.pk)
    names = [
        name for name in BHOD if name.startswith("bhod:coordination") and "GET" in addresses()[name].methods
    ]
    asked = {
        "mois": "2025-12",
        "du": "01-11-2025",
        "au": "31-01-2026",
        "cercles": [circle.pk, other.pk],
        "motif": "double",
    }
    for name in names:
        answer = client.get(reverse(name), asked)
        assert other.name in answer.content.decode()
        assert money.told_by(all_of(answer)) == []


@pytest.mark.parametrize("is_for_circle", [True, False])
def test_a_doctor_who_comes_as_a_citizen_reads_none(client, circle, sample, money, is_for_circle):
    """His own money stands in his own file; for the circle of which he is administrative user he sees none."""
    give(person("karim"), circle, Function.GUARDPOST_CIRCLE)
    visit_as(client, "karim")
    choose_profile(client, circle.pk if is_for_circle else None)
    own = [name for name in BHOD if "/mes-gardes/" in f"/{addresses()[name].route}"]
    names = [*own, "bhod:guard_list", "bhod:guard_month", "bhod:finance_overview"]
    for name in names:
        if "GET" in addresses()[name].methods:
            answer = client.get(sample.address(name))
            told = [each for each in money.told_by(all_of(answer)) if "Informations financières" not in each]
            assert told == []


class TestMails:
    """What the circle's people and doctors receive of what was done above."""

    def test_nobody_is_written_an_account_number(self, sample, circle, money):
        bodies = "\n".join(Message.objects.filter(world=circle.world).values_list("body", flat=True))
        assert not any(account in re.sub(r"\s", "", bodies) for account in money.accounts)
        assert not re.search(r"\d{11}", re.sub(r"[.\- ]", "", bodies))

    def test_an_administrative_user_is_not_asked_what_a_doctor_contests(self, sample, circle):
        asked = Message.objects.filter(world=circle.world, body__contains="Une heure de moins ?")
        assert {each.person for each in asked} == {person("nadia")}

    def test_what_the_circle_did_to_a_paid_guard_is_told_without_amounts(self, sample, circle, money):
        told = Message.objects.filter(world=circle.world, body__contains="double")
        assert told
        assert [each for mail in told for each in money.told_by(mail.subject + mail.body)] == []
