"""The access matrix: each page of ours gives each kind of person what the table says, and no page has no row."""

import re

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.urls import URLResolver, path, reverse
from django.urls.resolvers import RegexPattern
from django.views import View

from access_mgmt.enums import Function, QualityKind
from access_mgmt.models import Quality, QualityMember, Subdivision
from csam.enums import DigitalKey
from csam.models import Person
from prosante_login.enums import Capacity, Profession, ProfileKind
from prosante_login.models import Mandate
from prosante_login.profiles import ProfileChoice
from tests.access_mgmt.factories import (
    EffectiveRoleFactory,
    QualityMemberFactory,
    RoleAssignmentFactory,
)
from tests.architecture.matrix import PERSONAS, read
from tests.architecture.scene import Sample, give_passkey
from tests.architecture.urls import addresses
from tests.csam.factories import (
    AccessManagerFactory,
    EnterpriseFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.login import log_in
from tests.html_guard import assert_clean
from tests.personas import HAUTE_MEUSE, choose_profile, person
from tests.prosante_login.open_files import open_file
from tests.unmeasured import unmeasured

# Eleven digits in a row may stand in one by chance.
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TABLE = read()
ROWS = [pytest.param(name, method, id=f"{name} {method}") for name, method in TABLE]
# What 403.html says when the refusal gives no sentence of its own.
WITHOUT_REASON = "Vous n'avez pas le droit d'ouvrir cette page."
# Persona → name in the demo world.
DEMO_NAMES = {name: name for name in ("yves", "luc", "paul", "marc")} | {
    "clai": "claire",
    "brun": "bruno",
    "sara": "sarah",
    "sofi": "sofie",
    "juli": "julie",
    "nadi": "nadia",
    "oliv": "olivier",
    "ines": "ines",
    "ben": "benoit",
    "kari": "karim",
    "mich": "michel",
}
# Who came to ProSanté, and for which circle: ``None`` without an organisation.
PROFILES = {"yves": None, "nadi": HAUTE_MEUSE, "marc": HAUTE_MEUSE, "oliv": HAUTE_MEUSE}


def someone_afar() -> Person:
    """Every right that one can have, in another world: GAP, local manager, manager of the circle there."""
    world = WorldFactory(code="ailleurs")
    stranger = PersonFactory(world=world)
    enterprise = EnterpriseFactory(world=world, registered=True, registered_by=stranger)
    AccessManagerFactory(person=stranger, enterprise=enterprise)
    member = QualityMemberFactory(
        person=stranger, quality__enterprise=enterprise, quality__activated_by=stranger, local_manager=True
    )
    assignment = RoleAssignmentFactory(member=member, function=Function.FILEMANAGER_CIRCLE)
    EffectiveRoleFactory(assignment=assignment)
    return stranger


def someone_beside(quality: Quality) -> Person:
    """The manager of another branch of a quality; the member in the addresses is put into the branch of Inès."""
    parts = {part.name: part for part in Subdivision.objects.filter(quality=quality)}
    QualityMember.objects.filter(quality=quality, person=person("nadia")).update(
        subdivision=parts["Secrétariat"]
    )
    beside = QualityMemberFactory(
        quality=quality, subdivision_manager=True, subdivision=parts["Postes de garde"]
    )
    return beside.person


@pytest.fixture(scope="module")
def cookies(demo_world, django_db_blocker):
    """What the browser of each persona holds who has logged in and chosen a profile."""
    with django_db_blocker.unblock():
        circle = demo_world.enterprises.get(bce_number=HAUTE_MEUSE)
        browsers = {persona: Client() for persona in PERSONAS}
        stranger = someone_afar()
        log_in(browsers["far"], stranger)
        choose_profile(browsers["far"], stranger.memberships.get().quality.enterprise_id)
        for persona, username in {"agnt": "agent-inami", "csam": "agent-csam"}.items():
            agent = Person.objects.get(world=demo_world, username=username)
            log_in(browsers[persona], agent, key=DigitalKey.PASSWORD)
        log_in(browsers["weak"], person("luc"), key=DigitalKey.PASSWORD)
        give_passkey(person("nadia"))
        quality = Quality.objects.active().get(enterprise=circle, kind=QualityKind.EHEALTH)
        log_in(browsers["brch"], someone_beside(quality))
        for persona, name in DEMO_NAMES.items():
            log_in(browsers[persona], person(name))
        for persona, number in PROFILES.items():
            choose_profile(browsers[persona], circle.pk if number else None)
        own_file = ProfileChoice(ProfileKind.PROVIDER, profession=Profession.PHYSICIAN)
        open_file(browsers["kari"], person("karim"), own_file)
        by_mandate = Mandate.objects.get(holder_person=person("michel")).pk
        his_file = ProfileChoice(ProfileKind.CITIZEN, capacity=Capacity.MANDATARY, mandate_id=by_mandate)
        open_file(browsers["mich"], person("michel"), his_file)
    return {persona: browser.cookies for persona, browser in browsers.items()}


@pytest.fixture(scope="module")
def sample(cookies, django_db_blocker):
    """Made once too; whatever a test does to these objects is rolled back with it."""
    with django_db_blocker.unblock():
        return Sample()


@pytest.fixture
def clients(cookies):
    """A browser per persona; what one test does with it, the next doesn't see."""
    found = {persona: Client() for persona in PERSONAS}
    for persona, client in found.items():
        client.cookies = cookies[persona].copy()
    return found


def kind_of(answer: HttpResponse) -> str:
    """What someone got, in the words of the table."""
    if answer.status_code not in {301, 302, 303}:
        return str(answer.status_code)
    where = answer["Location"].split("?")[0]
    known = {
        "csam:identification": "in",
        "csam:level_too_weak": "lvl",
        "prosante_login:profile_choose": "cho",
    }
    return next((kind for name, kind in known.items() if where == reverse(name)), "go")


def ask(client: Client, method: str, address: str) -> str:
    """Ask for a page and undo what that has written."""
    with transaction.atomic():
        answer = client.get(address) if method == "GET" else client.post(address)
        where = UUID.sub("", answer.get("Location", ""))
        assert not re.search(r"\d{11}", where), f"a NISS in {where}"
        if answer["Content-Type"].startswith("text/html"):
            assert_clean(answer.content.decode())
            assert WITHOUT_REASON not in answer.content.decode(), f"{address} refuses and does not say why"
        transaction.set_rollback(True)
    return kind_of(answer)


@pytest.fixture(autouse=True)
def _no_new_world(monkeypatch):
    # Starting afresh is asked for by everyone: the old world really goes, a new one would cost half a second each time.
    monkeypatch.setattr("training.services.worlds.load_demo_world", lambda **_: None)


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_everyone_gets_what_the_table_says(clients, sample, name, method):
    address = sample.address(name)

    got = unmeasured(lambda: {persona: ask(clients[persona], method, address) for persona in PERSONAS})

    expected = TABLE[name, method]
    assert {who: what for who, what in got.items() if what != expected[who]} == {}


def without_row(resolver=None):
    asked = {(address.name, method) for address in addresses(resolver).values() for method in address.methods}
    return sorted(asked - TABLE.keys())


def test_every_page_has_a_row():
    assert without_row() == []


def test_every_row_has_a_page():
    asked = {(address.name, method) for address in addresses().values() for method in address.methods}
    assert sorted(TABLE.keys() - asked) == []


class TestTheGuard:
    """Planted mistakes are caught."""

    def test_a_page_without_a_row(self):
        class PlantedView(View):
            def get(self, request):
                raise NotImplementedError

        PlantedView.__module__ = "csam.views.planted"
        view = PlantedView.as_view()
        view.__module__ = "csam.views.planted"
        named = URLResolver(RegexPattern(""), [path("a/", view, name="planted"), path("b/", view)])
        assert without_row(named) == [("/b/", "GET"), ("planted", "GET")]

    @pytest.mark.parametrize(
        "table",
        ["anon far\ncsam:landing GET 200", "anon\ncsam:landing GET 200\ncsam:landing GET 200"],
        ids=["a cell too few", "a row twice"],
    )
    def test_a_table_with_a_hole(self, table):
        with pytest.raises(AssertionError):
            read(table)

    def test_a_refusal_without_a_reason(self):
        """The sentence looked for is the one that the page shows then."""
        assert WITHOUT_REASON in get_template("403.html").template.source

    def test_an_answer_that_the_table_does_not_give(self, clients):
        assert ask(clients["anon"], "GET", reverse("csam:whoami")) == "in"
        assert ask(clients["yves"], "GET", reverse("csam:whoami")) == "200"
