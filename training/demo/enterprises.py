"""The enterprises of the demo world, who is tied to them, and who manages their accesses."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from bhod_portal.core.identifiers import read_bce, read_onss
from csam.enums import AccessDomain, ManagerKind

# Written as they are here, and shown in the language of who reads.
ASSOCIATION = gettext_noop("Association sans but lucratif")
ADMINISTRATOR = gettext_noop("Administrateur")

# Days before the day on which the world is made.
REGISTERED = 420


@dataclass(frozen=True, slots=True)
class Company:
    """An enterprise as the BCE knows it; `registered_by` (a slug) when it is registered in CSAM."""

    slug: str
    name: str
    bce_shown: str
    onss_shown: str
    address: str
    started_on: date
    stopped_on: date | None = None
    registered_by: str = ""

    @property
    def bce_number(self) -> str:
        return read_bce(self.bce_shown)

    @property
    def onss_number(self) -> str:
        return read_onss(self.onss_shown) if self.onss_shown else ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A person (a slug) who represents an enterprise or works for it."""

    person: str
    company: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Manager:
    """A person who manages the accesses of an enterprise, named by its GAP (the GAP by himself)."""

    person: str
    company: str
    kind: ManagerKind
    domain: AccessDomain | None = None


COMPANIES = (
    Company("val-de-senne", "CMG Val de Senne ASBL", "0999.999.031", "1990090-79",
            "Rue de la Station 14, 7090 Braine-le-Comte", date(2004, 3, 1)),
    Company("haute-meuse", "CMG Haute-Meuse ASBL", "0999.999.130", "1990091-76",
            "Avenue du Rocher 3, 5500 Dinant", date(2003, 9, 15), registered_by="luc-moreau"),
    Company("pays-des-lacs", "CMG Pays des Lacs ASBL", "0999.999.526", "1990095-64",
            "Place du Village 8, 6440 Froidchapelle", date(2009, 1, 12), registered_by="benoit-hennaut"),
    Company("leiestreek", "Huisartsenkring Leiestreek VZW", "0999.999.229", "1990092-73",
            "Leiestraat 21, 9800 Deinze", date(2005, 6, 1), registered_by="jan-claes"),
    Company("la-source", "Maison médicale La Source ASBL", "0999.999.328", "",
            "Rue de la Fontaine 40, 4020 Liège", date(2012, 10, 1)),
    Company("garde-sambre", "Garde Sambre ASBL", "0999.999.427", "1990094-67",
            "Quai de Sambre 5, 6000 Charleroi", date(2002, 5, 2), stopped_on=date(2024, 6, 30)),
)  # fmt: skip

REPRESENTATIVES = (
    Tie("claire-lambert", "val-de-senne", date(2019, 4, 1)),
    Tie("alain-bastin", "val-de-senne", date(2010, 4, 1), until=date(2023, 12, 31)),
    Tie("alain-bastin", "garde-sambre", date(2002, 5, 2)),
    Tie("luc-moreau", "haute-meuse", date(2015, 1, 1)),
    Tie("benoit-hennaut", "pays-des-lacs", date(2016, 7, 1)),
    Tie("jan-claes", "leiestreek", date(2018, 1, 1)),
    Tie("maria-rossi", "la-source", date(2012, 10, 1)),
)

WORKERS = (
    Tie("tom-peeters", "val-de-senne", date(2020, 9, 1)),
    Tie("bruno-leroy", "haute-meuse", date(2011, 2, 1)),
    Tie("sarah-maes", "haute-meuse", date(2017, 5, 15)),
    Tie("paul-thiry", "haute-meuse", date(2018, 5, 25)),
    Tie("sofie-janssens", "haute-meuse", date(2015, 9, 1)),
    Tie("julie-renard", "haute-meuse", date(2021, 1, 4)),
    Tie("ines-fontaine", "haute-meuse", date(2014, 3, 3)),
    Tie("marc-dubois", "haute-meuse", date(2012, 11, 5)),
    Tie("marc-dubois", "pays-des-lacs", date(2022, 2, 1)),
    Tie("olivier-dubuc", "haute-meuse", date(2019, 8, 19)),
    Tie("john-smith", "la-source", date(2021, 6, 1)),
)

MANAGERS = (
    Manager("luc-moreau", "haute-meuse", ManagerKind.MAIN),
    Manager("bruno-leroy", "haute-meuse", ManagerKind.CO_MAIN),
    Manager("sarah-maes", "haute-meuse", ManagerKind.DOMAIN, AccessDomain.FINANCE),
    Manager("paul-thiry", "haute-meuse", ManagerKind.DPO),
    Manager("benoit-hennaut", "pays-des-lacs", ManagerKind.MAIN),
    Manager("jan-claes", "leiestreek", ManagerKind.MAIN),
)
