import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from csam import security
from csam.backends import WorldAuthenticationBackend
from csam.enums import DigitalKey, SecurityLevel
from csam.passwords import PortalPasswordValidator
from csam.security import ACCESS_MANAGEMENT, CSAM_DESIGNATION, PROSANTE
from tests.csam.factories import PASSWORD, LegalFunctionFactory, PersonFactory, WorldFactory
from tests.csam.login import log_in


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/csam/", None),
        ("/csam/qui-suis-je/", None),
        ("/csam/enregistrement/0999999031/gap/", CSAM_DESIGNATION),
        ("/securite-sociale/accueil/", ACCESS_MANAGEMENT),
        ("/prosante/profil/", PROSANTE),
        ("/bhod/finances/", PROSANTE),
        ("/", None),
    ],
)
def test_each_path_belongs_to_its_service(path, service):
    assert security.service_at(path) is service


def test_every_service_offers_a_key_that_opens_it():
    for service in security.SERVICES:
        assert security.keys_strong_enough(service)
        assert set(security.keys_strong_enough(service)) <= set(security.keys_offered(service))
    assert security.keys_offered(None) == tuple(DigitalKey)


# Service × key × level (design.md 4, CSAM 2). « + » the identification page offers the key, « - » it does not;
# « ok » the level of that key opens the service, « weak » it leads to the page that asks for a stronger one.
TABLE = """
          level  designation  access  prosante  bhod    keys    agent   inami
eid         500  +ok          +ok     +ok       +ok     +ok     -ok     -ok
itsme       450  +ok          +ok     +ok       +ok     +ok     -ok     -ok
passkey     400  -weak        +ok     +ok       +ok     -weak   -ok     -ok
email       300  -weak        -ok     +ok       +ok     -weak   -ok     -ok
sms         300  -weak        -ok     +ok       +ok     -weak   -ok     -ok
app         400  -weak        +ok     +ok       +ok     -weak   -ok     -ok
token       300  -weak        +ok     -ok       -ok     -weak   -ok     -ok
password    200  -weak        +ok     -weak     -weak   -weak   +ok     +ok
eidas       400  -weak        -ok     +ok       +ok     -weak   -ok     -ok
"""
DOORS = {
    "designation": "/csam/enregistrement/",
    "access": "/securite-sociale/accueil/",
    "prosante": "/prosante/profil/",
    "bhod": "/bhod/",
    "keys": "/csam/compte/cles/",
    "agent": "/csam/agent/",
    "inami": "/bhod/agent/",
}


def rows():
    header, *body = (line.split() for line in TABLE.splitlines() if line.strip())
    for key, level, *cells in body:
        for service, cell in zip(header[1:], cells, strict=True):
            yield pytest.param(DigitalKey(key), int(level), service, cell, id=f"{service} {key}")


def test_the_table_names_every_key_and_every_service():
    keys = {row.values[0] for row in rows()}
    assert keys == set(DigitalKey)
    assert {security.service_at(path) for path in DOORS.values()} == set(security.SERVICES)


@pytest.mark.parametrize(("key", "level", "service", "cell"), list(rows()))
def test_each_service_offers_its_keys_and_opens_to_their_levels(client, key, level, service, cell):
    door = DOORS[service]
    WorldFactory()
    offered = client.get(reverse("csam:identification"), {"next": door})
    log_in(client, PersonFactory(username="claire"), key)

    answer = client.get(door)

    shown = {card.key for group in offered.context["groups"] for card in group.cards}
    stopped = answer.get("Location", "").startswith(reverse("csam:level_too_weak"))
    assert security.session_level(answer.wsgi_request) == level
    assert ("+" if key in shown else "-") + ("weak" if stopped else "ok") == cell


@pytest.mark.parametrize("key", [pytest.param(key, id=key.name) for key in DigitalKey])
def test_the_level_comes_from_the_keys_really_used(client, key):
    log_in(client, PersonFactory(username="claire"), key)

    request = client.get(reverse("csam:whoami")).wsgi_request

    with_password = {DigitalKey.PASSWORD} if key in security.WITH_PASSWORD else set()
    assert security.used_keys(request) == {key} | with_password
    assert security.last_key(request) == key
    assert security.session_level(request) == security.LEVELS[key]


def test_a_session_without_proof_has_no_level(client):
    client.force_login(PersonFactory())

    request = client.get(reverse("csam:whoami")).wsgi_request

    assert security.session_level(request) == SecurityLevel.NONE
    assert security.last_key(request) is None


class TestTheMiddleware:
    def test_stops_a_key_that_is_too_weak(self, client):
        log_in(client, PersonFactory(username="claire"), DigitalKey.PASSWORD)

        response = client.get(reverse("csam:enterprise_register"), {"a": "b"})

        target = f"{reverse('csam:level_too_weak')}?next=%2Fcsam%2Fenregistrement%2F%3Fa%3Db"
        assertRedirects(response, target)

    def test_does_not_replay_a_post(self, client):
        function = LegalFunctionFactory(person__username="claire")
        log_in(client, function.person, DigitalKey.PASSWORD)

        response = client.post(reverse("csam:gap_designate", args=[function.enterprise.bce_number]))

        assert response["Location"] == f"{reverse('csam:level_too_weak')}?next=%2Fcsam%2F"

    def test_lets_a_strong_key_pass(self, client):
        log_in(client, PersonFactory())

        assert client.get(reverse("csam:enterprise_register")).status_code == 200


def request_in(world):
    request = RequestFactory().post("/")
    request.world, request.user, request.session = world, AnonymousUser(), {}
    return request


def test_nobody_logs_in_from_another_world():
    with pytest.raises(PermissionDenied):
        security.log_in(
            request_in(WorldFactory()), PersonFactory(stranger=True), key=DigitalKey.EID, to="/csam/"
        )


class TestTheBackend:
    def test_looks_in_the_world_of_the_request(self):
        here = PersonFactory(with_codes=True, username="claire")
        there = PersonFactory(with_codes=True, username="claire", stranger=True)

        for person in (here, there):
            found = WorldAuthenticationBackend().authenticate(
                request_in(person.world), username="claire", password=PASSWORD
            )
            assert found == person

    def test_finds_nobody_outside_of_a_world_or_without_a_name(self):
        PersonFactory(with_codes=True, username="claire")

        backend = WorldAuthenticationBackend()
        assert backend.authenticate(None, username="claire", password=PASSWORD) is None
        assert backend.authenticate(request_in(WorldFactory()), username="", password=PASSWORD) is None


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("Court-26!", id="nine characters"),
        pytest.param("simulateur-2026!", id="no upper case"),
        pytest.param("SIMULATEUR-2026!", id="no lower case"),
        pytest.param("Simulateur-!!", id="no digit"),
        pytest.param("Simulateur2026", id="no special character"),
    ],
)
def test_refuses_a_weak_password(password):
    with pytest.raises(ValidationError) as refusal:
        PortalPasswordValidator().validate(password)
    assert refusal.value.code == "password_rules"


@pytest.mark.parametrize("password", [PASSWORD, "Éléphant_42"])
def test_takes_a_strong_password(password):
    PortalPasswordValidator().validate(password)


def test_nobody_signs_up():
    assert not get_adapter().is_open_for_signup(request_in(WorldFactory()))
