"""For each person of the demo world: which profiles he may choose, and where each of them leads (demo-world.md)."""

import pytest
from django.db import transaction

from csam.models import Person
from prosante_login import selectors
from prosante_login.enums import ProfileKind
from prosante_login.profiles import ProfileChoice
from prosante_login.selectors.landings import landing
from tests.personas import make_demo
from training.demo.people import PEOPLE, STAFF

# Without an organisation, then « @ » each organisation of his list; what is not here may not be chosen.
#   explained  what one needs to be known to INAMI      file      his own, of that profession
#   grantors   « Chercher mandant »                     known     his own, as one who is no care provider
#   selection  « Sélection de profil »                  closed    this function opens nothing here
#   bhod       the guards of the circle                 refused   « Choisissez Citoyen »
TABLE = """
Claire Lambert    | Citoyen explained
Hélène Marchal    | Citoyen explained | Médecin file
Tom Peeters       | Citoyen explained
Alain Bastin      | Citoyen explained
Luc Moreau        | Citoyen explained | Médecin file
Bruno Leroy       | Citoyen explained
Sarah Maes        | Citoyen explained
Paul Thiry        | Citoyen explained
Sofie Janssens    | Citoyen explained
Julie Renard      | Citoyen explained
Inès Fontaine     | Citoyen explained
Nadia Benali      | Citoyen explained | Citoyen @ CMG Haute-Meuse ASBL bhod | Médecin file | Médecin @ CMG Haute-Meuse ASBL refused
Marc Dubois       | Citoyen explained | Citoyen @ CMG Haute-Meuse ASBL bhod | Citoyen @ CMG Pays des Lacs ASBL bhod
Olivier Dubuc     | Citoyen explained | Citoyen @ CMG Haute-Meuse ASBL closed
Jan Claes         | Citoyen explained
Karim Haddad      | Citoyen explained | Médecin file
Ana Ferreira      | Citoyen grantors  | Infirmier file
Michel Haddad     | Citoyen grantors
Lena Schmitz      | Citoyen selection
Elise Colson      | Citoyen explained | Bandagiste file | Médecin file
Noah Willems      | Citoyen explained | Infirmier file
Emma Wouters      | Citoyen explained
Peter Vogel       | Citoyen known
Yves Simon        | Citoyen explained
Maria Rossi       | Citoyen explained | Citoyen @ Maison médicale La Source ASBL grantors
John Smith        | Citoyen explained
Thomas Gérard     | Citoyen explained | Médecin file
Marie Lefèvre     | Citoyen explained | Médecin file
Pieter De Smet    | Citoyen explained | Médecin file
Aïcha Ziani       | Citoyen explained | Médecin file
Vincent Collard   | Citoyen explained | Médecin file
Sophie Arnould    | Citoyen explained | Médecin file
Julien Masson     | Citoyen explained | Médecin file
Catherine Noël    | Citoyen explained | Médecin file
Bart Vermeulen    | Citoyen explained | Médecin file
Fatima Idrissi    | Citoyen explained | Médecin file
Laurence Dethier  | Citoyen explained | Médecin file
Xavier Pirotte    | Citoyen explained | Médecin file
Benoît Hennaut    | Citoyen explained | Médecin file
Chantal Sacré     | Citoyen explained | Citoyen @ CMG Pays des Lacs ASBL bhod | Médecin file | Médecin @ CMG Pays des Lacs ASBL refused
Émilie Warnant    | Citoyen explained | Médecin file
Philippe Gobert   | Citoyen explained | Médecin file
Anna Kowalska     | Citoyen explained
Agent CSAM        | Citoyen explained
Agent INAMI       | Citoyen explained
Agent Helpdesk    | Citoyen explained
Agent Formation   | Citoyen explained
"""
PAGES = {
    "explained": "prosante_login:citizen_home",
    "grantors": "prosante_login:grantor_search",
    "selection": "prosante_login:profile_select",
    "bhod": "bhod:home",
    "file": "prosante_login:file_home",
    "known": "prosante_login:non_provider_file",
    "closed": "prosante_login:organisation_closed",
}
EXPECTED = {name.strip(): cells for name, *cells in (line.split("|") for line in TABLE.strip().splitlines())}


@pytest.fixture(scope="module")
def demo_profiles(django_db_setup, django_db_blocker):
    """What each person of the demo world may choose, and where it leads; read once, then the world is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo = make_demo(code="table")
        found = {
            person.get_full_name(): set(_cells(person, demo.today))
            for person in Person.objects.filter(world=demo.world)
        }
        transaction.set_rollback(True)
    return found


def _cells(person, today):
    organisations = list(selectors.organisations_of(person, on=today))
    kinds = [("Citoyen", ProfileChoice(ProfileKind.CITIZEN))] + [
        (str(each.get_profession_display()), ProfileChoice(ProfileKind.PROVIDER, profession=each.profession))
        for each in selectors.own_providers(person, on=today)
    ]
    for label, choice in kinds:
        for organisation in (None, *organisations):
            chosen = ProfileChoice(
                choice.kind, organisation.pk if organisation else None, profession=choice.profession
            )
            led = landing(person=person, choice=chosen, on=today)
            page = "refused" if led.refusal else led.url_name
            yield f"{label} @ {organisation.name}" if organisation else label, page


def test_everybody_has_a_row():
    assert set(EXPECTED) == {each.name for each in PEOPLE} | {
        f"{each.first_name} {each.last_name}" for each in STAFF
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_what_one_may_choose_and_where_it_leads(demo_profiles, name):
    expected = {
        (label.strip(), PAGES.get(page, page))
        for label, page in (cell.strip().rsplit(" ", 1) for cell in EXPECTED[name])
    }
    assert demo_profiles[name] == expected
