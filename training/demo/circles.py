"""Care providers, circles with their units and doctors, and the tariffs of the demo world."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop

from bhod.enums import GuardCategory
from bhod_portal.core.identifiers import read_inami
from prosante_login.enums import Profession

# Days before the day on which the world is made.
ENROLLED = 365

EXCHANGED = "Échange entre médecins"


@dataclass(frozen=True, slots=True)
class Provider:
    """A person (a slug) in a profession; `file_ready_in` counts from the day on which the world is made."""

    person: str
    profession: Profession
    inami_shown: str
    file_ready_in: timedelta = timedelta(days=-1000)

    @property
    def inami_number(self) -> str:
        return read_inami(self.inami_shown) if self.inami_shown else ""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone with its population (simulated: no source gives one) and its units."""

    name: str
    population: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle: its zones, its doctors in the order of the rotation, who enrols them and who writes the guards."""

    company: str
    zones: tuple[Zone, ...]
    doctors: tuple[str, ...]
    enrolled_by: str
    guards_by: str
    weeknights: bool

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(unit for zone in self.zones for unit in zone.units)


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """When guards of these days usually start and end."""

    category: GuardCategory
    name: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class TariffRow:
    """The amount of one eligible hour from a day on, until the next row."""

    valid_from: date
    valid_until: date | None
    amount: Decimal
    source: str
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A guard that a doctor offers to a colleague when the world is made, by their slugs."""

    doctor: str
    colleague: str
    message: str


def _physician(person: str, inami: str) -> Provider:
    return Provider(person, Profession.PHYSICIAN, inami)


PROVIDERS = (
    _physician("helene-marchal", "1-99906-11-003"),
    _physician("luc-moreau", "1-99905-12-004"),
    _physician("nadia-benali", "1-99901-16-003"),
    _physician("karim-haddad", "1-99902-15-004"),
    Provider("ana-ferreira", Profession.NURSE, "4-99903-35-001"),
    _physician("elise-colson", "1-99907-10-003"),
    Provider("elise-colson", Profession.BANDAGIST, "6-99908-44-001"),
    Provider("noah-willems", Profession.NURSE, ""),
    Provider("emma-wouters", Profession.PHYSICIAN, "1-99904-13-005", file_ready_in=timedelta(days=3)),
    _physician("thomas-gerard", "1-99909-08-004"),
    _physician("marie-lefevre", "1-99910-07-003"),
    _physician("pieter-de-smet", "1-99911-06-004"),
    _physician("aicha-ziani", "1-99912-05-003"),
    _physician("vincent-collard", "1-99913-04-004"),
    _physician("sophie-arnould", "1-99914-03-003"),
    _physician("julien-masson", "1-99915-02-005"),
    _physician("catherine-noel", "1-99916-01-004"),
    _physician("bart-vermeulen", "1-99917-97-003"),
    _physician("fatima-idrissi", "1-99918-96-004"),
    _physician("laurence-dethier", "1-99919-95-003"),
    _physician("xavier-pirotte", "1-99920-94-004"),
    _physician("benoit-hennaut", "1-99921-93-004"),
    _physician("chantal-sacre", "1-99922-92-003"),
    _physician("emilie-warnant", "1-99923-91-004"),
    _physician("philippe-gobert", "1-99924-90-003"),
)

SUPERVISORS = {"julien-masson": "catherine-noel"}

# The candidate and his supervisor stand half a turn apart: they are never on duty at the same time.
CIRCLES = (
    Circle(
        company="haute-meuse",
        zones=(
            Zone("Haute-Meuse", 84_000, ("Dinant – Yvoir", "Ciney – Hamois", "Beauraing – Gedinne")),
        ),
        doctors=(
            "luc-moreau", "thomas-gerard", "marie-lefevre", "julien-masson", "pieter-de-smet", "aicha-ziani",
            "fatima-idrissi", "nadia-benali", "vincent-collard", "sophie-arnould", "catherine-noel",
            "bart-vermeulen", "laurence-dethier", "xavier-pirotte",
        ),
        enrolled_by="nadia-benali",
        guards_by="marc-dubois",
        weeknights=True,
    ),
    Circle(
        company="pays-des-lacs",
        zones=(Zone("Pays des Lacs", 21_500, ("Froidchapelle",)),),
        doctors=("benoit-hennaut", "chantal-sacre", "bart-vermeulen", "emilie-warnant", "philippe-gobert"),
        enrolled_by="chantal-sacre",
        guards_by="marc-dubois",
        weeknights=False,
    ),
)  # fmt: skip

# The same in both circles: halves of the days of a weekend and of holidays, and whole nights.
SHIFTS = (
    ShiftRow(GuardCategory.WEEKEND, "Jour", time(8), time(20)),
    ShiftRow(GuardCategory.WEEKEND, "Nuit", time(20), time(8)),
    ShiftRow(GuardCategory.HOLIDAY, "Jour", time(8), time(20)),
    ShiftRow(GuardCategory.HOLIDAY, "Nuit", time(20), time(8)),
    ShiftRow(GuardCategory.WEEKNIGHT, "Nuit", time(19), time(8)),
)

OFFER = OfferRow("sophie-arnould", "thomas-gerard", "Mariage de ma sœur : pouvez-vous me remplacer ?")

# Circles that have their access still to come find a unit to plan guards for, and no doctor.
NEW_CIRCLES = {"val-de-senne": ("Braine-le-Comte – Soignies",), "leiestreek": ("Deinze – Zulte",)}

# domain.md 1.5: the years that a source names, and nothing between them; the last row keeps the simulator going, and is
# shown in the language of who reads.
TARIFFS = (
    TariffRow(date(2010, 1, 1), date(2010, 12, 31), Decimal("5.66"), "Artsenkrant, article 1647"),
    TariffRow(date(2014, 1, 1), date(2014, 12, 31), Decimal("6.15"), "Vlaams Artsensyndicaat, beschikbaarheidshonorarium"),
    TariffRow(date(2015, 1, 1), date(2015, 12, 31), Decimal("6.15"), "ABSyM-BVAS, premie praktijkondersteuning 2015"),
    TariffRow(date(2017, 1, 1), date(2018, 12, 31), Decimal("6.20"), "Artsenkrant, dossier beschikbaarheidshonoraria"),
    TariffRow(date(2019, 1, 1), date(2019, 12, 31), Decimal("6.30"), "Medi-Sphere, D. Simon (arrondi, date déduite)"),
    TariffRow(date(2020, 1, 1), None, Decimal("6.80"), gettext_noop("Montant simulé : aucune source publique n'a été trouvée"),
              is_simulated=True),
)  # fmt: skip
