"""The demo world holds what demo-world says, and loading it again changes nothing."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.core.management import call_command

from access_mgmt import selectors as access
from access_mgmt.enums import Function, MemberKind, QualityKind
from access_mgmt.models import Quality, QualityMember, RoleChange
from bhod.models import CircleDoctor, Guard, GuardUnit, SwapOffer, Tariff
from bhod.selectors.plans import judge
from bhod.services.swaps import swap_plan
from bhod_portal.core import clock
from bhod_portal.core.enums import PropagationMode
from bhod_portal.core.identifiers import format_bce, format_inami, format_niss, format_onss
from bhod_portal.core.models import World
from csam.enums import AccessDomain, ManagerKind, Title
from csam.models import AccessManager, EidCard, Employment, ItsmeAccount, LegalFunction, Person
from csam.selectors import second_factors
from prosante_login.models import CareProvider
from tests.personas import AT, Demo, make_demo
from training.demo.circles import CIRCLES, PROVIDERS
from training.demo.enterprises import COMPANIES
from training.demo.guards import planned_guards
from training.demo.people import PASSWORD, PEOPLE, PIN, STAFF, Key, app_secret, with_key
from training.services.demo import load_demo_world

APPS = ("core", "csam", "access_mgmt", "prosante_login", "bhod")
TODAY = date(2026, 3, 10)


def everything():
    """All rows of our tables, in words."""
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for app in APPS
        for model in apps.get_app_config(app).get_models()
    }


def functions(demo, person, enterprise):
    return access.effective_functions(person=person, enterprise_id=enterprise.pk, on=demo.today)


def totp_at(at, secret):
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def managers(enterprise):
    found = AccessManager.objects.active().filter(enterprise=enterprise)
    return {(manager.person.get_full_name(), manager.kind, manager.domain) for manager in found}


class TestNumbers:
    def test_every_number_is_valid_and_written_as_the_tables_say(self):
        for persona in PEOPLE:
            assert format_niss(persona.niss) == persona.niss_shown
        for company in COMPANIES:
            assert format_bce(company.bce_number) == company.bce_shown
            assert format_onss(company.onss_number) == company.onss_shown
        for provider in PROVIDERS:
            assert format_inami(provider.inami_number) == provider.inami_shown

    def test_nobody_has_the_number_of_another(self):
        for numbers in (
            [persona.number for persona in PEOPLE],
            [persona.niss for persona in PEOPLE if persona.niss],
            [persona.slug for persona in PEOPLE],
            [company.bce_number for company in COMPANIES],
            [provider.inami_number for provider in PROVIDERS if provider.inami_number],
        ):
            assert max(Counter(numbers).values()) == 1

    def test_the_title_follows_the_national_number(self):
        titles = {persona.name: persona.title for persona in PEOPLE}

        assert titles["Claire Lambert"] == titles["Maria Rossi"] == Title.MRS
        assert titles["Luc Moreau"] == titles["John Smith"] == Title.MR


class TestLoading:
    def test_a_second_time_changes_nothing(self, demo):
        before = everything()

        load_demo_world(real_now=AT + timedelta(days=40))

        assert everything() == before

    def test_a_second_world_is_of_its_own(self, demo):
        other = make_demo(code="ailleurs", name="Ailleurs")

        assert other.sofie_janssens.world != demo.sofie_janssens.world
        assert other.sofie_janssens.niss == demo.sofie_janssens.niss
        assert functions(other, demo.nadia_benali, other.haute_meuse) == frozenset()

    def test_fills_an_empty_world_at_its_own_time(self):
        World.objects.create(
            code="demo", name="D", clock_offset=timedelta(days=10), mode=PropagationMode.STUCK
        )

        world = load_demo_world(real_now=AT)

        days = Guard.objects.values_list("starts_at", flat=True)
        assert clock.day_of(max(days)) == date(2026, 4, 20)
        assert world.mode == PropagationMode.NORMAL
        assert not RoleChange.objects.pending().exists()

    def test_the_command_says_what_there_is(self):
        shown = StringIO()

        call_command("load_demo_world", stdout=shown)

        assert shown.getvalue().strip() == "Monde de démonstration: 41 persons, 6 enterprises"

    def test_is_whole_or_not_at_all(self, monkeypatch):
        def fail(**kwargs):
            raise RuntimeError("full disk")

        monkeypatch.setattr("training.services.demo_circles.make_circles", fail)

        with pytest.raises(RuntimeError, match="full disk"):
            load_demo_world(real_now=AT)

        assert not World.objects.exists()


class TestPeople:
    def test_all_are_there_with_their_keys(self, demo):
        people = Person.objects.filter(world=demo.world)

        assert people.filter(is_staff=False).count() == len(PEOPLE) == 43
        assert set(people.filter(is_staff=True).values_list("username", flat=True)) == {
            member.username for member in STAFF
        }
        assert EidCard.objects.count() == len([each for each in PEOPLE if each.niss]) - 1
        assert ItsmeAccount.objects.count() == len([each for each in PEOPLE if Key.ITSME in each.keys])
        assert demo.claire_lambert.itsme_account.phone == "32470000001"
        assert demo.maria_rossi.eidas_identity.country == "IT"
        assert demo.person("Anna Kowalska").eidas_identity.identifier == "PL/BE/84051512345"
        assert not hasattr(demo.maria_rossi, "eid_card")
        assert not hasattr(demo.person("John Smith"), "eid_card")

    def test_one_pin_and_one_password_for_all(self, demo):
        assert check_password(PIN, demo.yves_simon.eid_card.pin)
        assert check_password(PASSWORD, demo.sofie_janssens.password)
        assert demo.sofie_janssens.username == "sofiejanssens"
        assert (demo.yves_simon.username, demo.yves_simon.has_usable_password()) == ("", False)
        assert all(card.expires_on > TODAY for card in EidCard.objects.all())

    def test_their_mail_goes_nowhere(self, demo):
        people = Person.objects.filter(world=demo.world)

        assert all(person.email.endswith("@exemple.invalid") for person in people)
        assert demo.aicha_ziani.email == "aicha.ziani@exemple.invalid"
        assert demo.claire_lambert.phone == "+32 470 00 00 01"
        assert demo.jan_claes.language == "nl"

    def test_who_has_an_application_and_a_paper_token(self, demo):
        held = {
            kind: set(Authenticator.objects.filter(type=kind).values_list("user__niss", flat=True))
            for kind in Authenticator.Type
        }

        assert held == {
            Authenticator.Type.TOTP: {persona.niss for persona in with_key(Key.APP)},
            Authenticator.Type.RECOVERY_CODES: {demo.luc_moreau.niss},
            Authenticator.Type.WEBAUTHN: set(),
        }
        app, token = second_factors(demo.luc_moreau)
        luc = next(with_key(Key.TOKEN))
        with time_machine.travel(AT, tick=False):
            assert app.wrap().validate_code(totp_at(AT, app_secret(luc)))
        assert len(token.wrap().get_unused_codes()) == 24

    def test_the_table_of_personas_names_everybody(self):
        shown = StringIO()

        call_command("show_personas", stdout=shown)

        assert all(persona.name in shown.getvalue() for persona in PEOPLE)
        assert f"PIN {PIN}" in shown.getvalue()
        assert "sofiejanssens" in shown.getvalue()


class TestEnterprises:
    def test_only_three_are_registered(self, demo):
        registered = {
            slug: getattr(demo, slug.replace("-", "_")).registered_at is not None
            for slug in (company.slug for company in COMPANIES)
        }

        assert {slug for slug, is_registered in registered.items() if is_registered} == {
            "haute-meuse",
            "pays-des-lacs",
            "leiestreek",
        }
        assert not demo.garde_sambre.is_active(TODAY)

    def test_who_represents_val_de_senne(self, demo):
        current = LegalFunction.objects.covering(TODAY).filter(enterprise=demo.val_de_senne)

        assert [function.person for function in current] == [demo.claire_lambert]
        assert LegalFunction.objects.filter(
            enterprise=demo.val_de_senne, person=demo.alain_bastin, valid_until=date(2023, 12, 31)
        ).exists()
        assert Employment.objects.covering(TODAY).filter(person=demo.tom_peeters).exists()

    def test_who_manages_the_accesses(self, demo):
        assert managers(demo.haute_meuse) == {
            ("Luc Moreau", ManagerKind.MAIN, ""),
            ("Bruno Leroy", ManagerKind.CO_MAIN, ""),
            ("Sarah Maes", ManagerKind.DOMAIN, AccessDomain.FINANCE),
            ("Paul Thiry", ManagerKind.DPO, ""),
        }
        assert managers(demo.leiestreek) == {("Jan Claes", ManagerKind.MAIN, "")}
        assert not managers(demo.val_de_senne)


class TestAccesses:
    def test_leiestreek_has_the_wrong_quality(self, demo):
        active = Quality.objects.active()

        assert set(active.filter(enterprise=demo.leiestreek).values_list("kind", flat=True)) == {
            QualityKind.HEALTH_CARE,
            QualityKind.EMPLOYER,
        }
        assert set(active.filter(enterprise=demo.haute_meuse).values_list("kind", flat=True)) == {
            QualityKind.EHEALTH,
            QualityKind.EMPLOYER,
        }

    def test_members_of_haute_meuse(self, demo):
        members = QualityMember.objects.active().filter(
            quality__enterprise=demo.haute_meuse, quality__kind=QualityKind.EHEALTH
        )

        assert {(member.person.first_name, member.kind) for member in members} == {
            ("Sofie", MemberKind.LOCAL_MANAGER),
            ("Julie", MemberKind.CO_LOCAL_MANAGER),
            ("Inès", MemberKind.SUBDIVISION_MANAGER),
            ("Nadia", MemberKind.USER),
            ("Marc", MemberKind.USER),
            ("Olivier", MemberKind.USER),
        }

    def test_ines_manages_the_branch_of_marc(self, demo):
        led = QualityMember.objects.subdivision_managers().get(person=demo.ines_fontaine)
        marc = QualityMember.objects.get(quality=led.quality, person=demo.marc_dubois)

        assert str(led.subdivision) == "Secrétariat"
        assert marc.subdivision == led.subdivision

    def test_roles_have_reached_the_applications(self, demo):
        assert functions(demo, demo.nadia_benali, demo.haute_meuse) == {Function.FILEMANAGER_CIRCLE}
        assert functions(demo, demo.marc_dubois, demo.haute_meuse) == {Function.GUARDPOST_CIRCLE}
        assert functions(demo, demo.marc_dubois, demo.pays_des_lacs) == {Function.GUARDPOST_CIRCLE}
        assert functions(demo, demo.olivier_dubuc, demo.haute_meuse) == {
            Function.OA_ADMIN,
            Function.FILEMANAGER_BCE,
        }
        assert not RoleChange.objects.pending().exists()

    def test_the_past_is_told_in_order(self, demo):
        for change in RoleChange.objects.all():
            assert change.requested_at < change.due_at <= change.applied_at < AT - timedelta(days=200)
        assert all(message.sent_at < AT for message in demo.world.messages.all())


class TestCircles:
    def test_doctors_and_their_supervisor(self, demo):
        count = Counter(enrolment.enterprise.name for enrolment in CircleDoctor.objects.covering(TODAY))
        candidate = CircleDoctor.objects.get(provider__person=demo.julien_masson)

        assert count == {"CMG Haute-Meuse ASBL": 14, "CMG Pays des Lacs ASBL": 5}
        assert candidate.provider.qualification_code == "005"
        assert candidate.supervisor.person == demo.catherine_noel

    def test_every_circle_has_a_unit_to_plan_guards_for(self, demo):
        with_units = set(GuardUnit.objects.values_list("enterprise__name", flat=True))

        assert with_units == {
            "CMG Haute-Meuse ASBL",
            "CMG Pays des Lacs ASBL",
            "CMG Val de Senne ASBL",
            "Huisartsenkring Leiestreek VZW",
        }

    def test_providers(self, demo):
        ready = CareProvider.objects.get(person=demo.emma_wouters).file_ready_on

        assert CareProvider.objects.filter(person=demo.elise_colson).count() == 2
        assert CareProvider.objects.get(person=demo.noah_willems).inami_number == ""
        assert ready == TODAY + timedelta(days=3)

    def test_guards_reach_from_four_months_back_to_one_ahead(self, demo):
        guards = Guard.objects.standing().filter(unit__enterprise=demo.haute_meuse)
        days = sorted({clock.day_of(guard.starts_at) for guard in guards})

        assert (days[0], days[-1]) == (date(2025, 11, 10), date(2026, 4, 10))
        assert len(days) == (days[-1] - days[0]).days + 1
        assert guards.values("unit").distinct().count() == 3
        assert Guard.objects.standing().filter(unit__enterprise=demo.pays_des_lacs).exists()

    def test_each_guard_was_written_down_before_today(self, demo):
        written = [
            moment
            for guard in Guard.objects.all()
            for moment in (guard.registered_at, guard.cancelled_at)
            if moment
        ]

        assert max(written) <= AT

    def test_a_colleague_is_asked_to_take_a_guard_over_and_could(self, demo):
        at = clock.now(demo.world)
        offer = SwapOffer.objects.select_related("guard__unit", "offered_to__person").get()

        assert offer.guard.provider.person == demo.sophie_arnould
        assert offer.offered_to.person == demo.thomas_gerard
        assert judge(swap_plan(offer, offer.offered_to), at=at).refused == []

    def test_tariff_of_today_is_simulated(self, demo):
        today = [
            row
            for row in Tariff.objects.filter(world=demo.world)
            if row.valid_from <= TODAY <= (row.valid_until or TODAY)
        ]

        assert [(row.is_simulated, row.valid_from) for row in today] == [(True, date(2020, 1, 1))]
        assert Tariff.objects.filter(is_simulated=False).count() == 5


class TestRotation:
    @pytest.mark.parametrize("first", [date(2025, 11, 10), date(2026, 2, 1), date(2026, 12, 20)])
    def test_nobody_is_in_two_places_and_everybody_rests(self, first):
        duties = {}
        for guard in planned_guards(first=first, last=first + timedelta(days=160)):
            duties.setdefault(guard.doctor, []).append((guard.starts_at, guard.ends_at))

        for periods in duties.values():
            periods.sort()
            assert all(later - end >= timedelta(hours=11) for (_, end), (later, _) in pairwise(periods))
        assert set(duties) == {doctor for circle in CIRCLES for doctor in circle.doctors}

    def test_candidate_and_supervisor_are_never_on_duty_together(self):
        guards = planned_guards(first=date(2025, 11, 1), last=date(2026, 12, 31))

        candidate = {guard.starts_at for guard in guards if guard.doctor == "julien-masson"}
        supervisor = {guard.starts_at for guard in guards if guard.doctor == "catherine-noel"}
        assert not candidate & supervisor

    def test_slots_follow_the_calendar(self):
        guards = [
            (guard.starts_at, guard.ends_at)
            for guard in planned_guards(first=date(2026, 3, 28), last=date(2026, 4, 7))
            if guard.unit == "Dinant – Yvoir"
        ]

        # Saturday; the Sunday on which summer time begins; a weeknight; Easter Monday.
        assert guards[0] == (datetime(2026, 3, 28, 7, tzinfo=UTC), datetime(2026, 3, 28, 19, tzinfo=UTC))
        assert guards[2] == (datetime(2026, 3, 29, 6, tzinfo=UTC), datetime(2026, 3, 29, 18, tzinfo=UTC))
        assert guards[4] == (datetime(2026, 3, 30, 17, tzinfo=UTC), datetime(2026, 3, 31, 6, tzinfo=UTC))
        assert (datetime(2026, 4, 6, 6, tzinfo=UTC), datetime(2026, 4, 6, 18, tzinfo=UTC)) in guards


class TestAccess:
    def test_by_slug_and_by_name(self, demo):
        assert isinstance(demo, Demo)
        assert demo.helene_marchal == demo.person("Hélène Marchal")
        assert demo.val_de_senne.name == "CMG Val de Senne ASBL"
        with pytest.raises(AttributeError):
            _ = demo.nobody
