"""The kinds of person of the access matrix, each with a browser that knows him, and what the addresses name.

Fixtures for every test that walks through the pages: `cookies` and `sample` are made once for a module.
"""

import pytest
from django.test import Client

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
from tests.architecture.matrix import PERSONAS
from tests.architecture.scene import Sample, give_passkey
from tests.csam.factories import (
    AccessManagerFactory,
    EnterpriseFactory,
    PersonFactory,
    WorldFactory,
)
from tests.csam.login import log_in
from tests.personas import HAUTE_MEUSE, choose_profile, person
from tests.prosante_login.open_files import open_file

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


@pytest.fixture(scope="module")
def _browsers():
    # Each would build the middleware anew for its first page.
    return {persona: Client() for persona in PERSONAS}


@pytest.fixture
def clients(cookies, _browsers):
    """A browser per persona; what one test does with it, the next doesn't see."""
    for persona, client in _browsers.items():
        client.cookies = cookies[persona].copy()
    return _browsers
