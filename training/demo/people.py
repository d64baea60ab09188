"""Who lives in the demo world. Every identity is invented; numbers are valid in form only.

Rows 1 to 36 are fixed. The rows from 37 on complete the circles: fourteen doctors in Haute-Meuse, five in Pays des Lacs.
"""

from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.identifiers import read_niss
from csam.enums import Country, Language, StaffRole, Title

PIN = "1234"
PASSWORD = "Simulateur-2026!"  # noqa: S105  (printed with the personas: nothing real hides behind it)
MAIL_DOMAIN = "exemple.invalid"


class Key(Enum):
    """What a person can identify himself with; the value is what is shown."""

    EID = "eID"
    ITSME = "itsme"
    CODES = _("codes")
    APP = _("application")
    TOKEN = _("token papier")
    EIDAS = "eIDAS"

    def __str__(self) -> str:
        return str(self.value)


CSAM = "csam:landing"
ACCESS = "access_mgmt:landing"
PROSANTE = "prosante_login:landing"
AGENT_QUEUE = "csam:request_queue"
INAMI_HOME = "bhod:agent_home"
HELPDESK_START = "training:why_helpdesk"


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone of the demo world: what the portal home and `show_personas` tell of him, and what is loaded."""

    number: int
    first_name: str
    last_name: str
    niss_shown: str
    keys: tuple[Key, ...]
    who: str | Promise
    start: str
    language: Language = Language.FRENCH
    # Of who has no NISS that would tell.
    title_without_niss: Title = Title.MR

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def slug(self) -> str:
        """The name by which the other tables of the demo world refer to him."""
        return slugify(self.name)

    @property
    def niss(self) -> str:
        """11 digits; empty for who has none."""
        return read_niss(self.niss_shown) if self.niss_shown else ""

    @property
    def title(self) -> Title:
        """Odd order numbers are men's, even ones women's (domain.md 5.1)."""
        if not self.niss:
            return self.title_without_niss
        return Title.MR if int(self.niss[6:9]) % 2 else Title.MRS

    @property
    def username(self) -> str:
        """« prenomnom » for who has access codes, else empty."""
        return self.slug.replace("-", "") if Key.CODES in self.keys else ""

    @property
    def email(self) -> str:
        return f"{slugify(self.first_name)}.{slugify(self.last_name)}@{MAIL_DOMAIN}"

    @property
    def phone(self) -> str:
        return f"+32 470 00 00 {self.number:02}"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Someone of the simulator's own staff: a user name and the password of the demo world, no NISS."""

    username: str
    first_name: str
    last_name: str
    role: StaffRole
    start: str = ""


@dataclass(frozen=True, slots=True)
class European:
    """The electronic identity that another country gave to a person of the table."""

    person: str
    country: Country
    identifier: str
    born_on: date


_EID = (Key.EID,)
_EID_ITSME = (Key.EID, Key.ITSME)
_EID_CODES = (Key.EID, Key.CODES)

_PRINCIPALS = (
    Persona(1, "Claire", "Lambert", "71.03.14-996.96", _EID_ITSME,
            _("représentante légale de Val de Senne, qui n'est pas encore enregistré"), CSAM),
    Persona(2, "Hélène", "Marchal", "82.02.11-984.34", _EID_ITSME,
            _("médecin généraliste, future manager de Val de Senne"), PROSANTE),
    Persona(3, "Tom", "Peeters", "88.11.02-991.01", _EID_ITSME,
            _("employé de Val de Senne, futur co-Gestionnaire Local et utilisateur administratif"), PROSANTE),
    Persona(4, "Alain", "Bastin", "58.07.19-973.15", _EID,
            _("n'est plus représentant légal de Val de Senne depuis 2023 ; représentant légal de Garde Sambre"), CSAM),
    Persona(5, "Luc", "Moreau", "65.06.21-993.75", (*_EID_ITSME, Key.CODES, Key.APP, Key.TOKEN),
            _("médecin généraliste, représentant légal et Gestionnaire d'Accès Principal de Haute-Meuse"), ACCESS),
    Persona(6, "Bruno", "Leroy", "73.08.29-983.27", _EID_ITSME,
            _("co-Gestionnaire d'Accès Principal de Haute-Meuse"), ACCESS),
    Persona(7, "Sarah", "Maes", "85.10.30-978.74", _EID_ITSME,
            _("Gestionnaire d'Accès de Haute-Meuse pour le seul domaine Finances"), ACCESS),
    Persona(8, "Paul", "Thiry", "69.01.17-981.62", _EID_ITSME,
            _("délégué à la protection des données qui gère les accès de Haute-Meuse"), ACCESS),
    Persona(9, "Sofie", "Janssens", "90.01.09-998.47", (*_EID_CODES, Key.APP),
            _("Gestionnaire Local de Haute-Meuse"), ACCESS),
    Persona(10, "Julie", "Renard", "94.12.03-982.16", _EID_CODES,
            _("co-Gestionnaire Local de Haute-Meuse"), ACCESS),
    Persona(11, "Inès", "Fontaine", "87.06.05-980.60", _EID_CODES,
            _("responsable de la subdivision « Secrétariat » de Haute-Meuse"), ACCESS),
    Persona(12, "Nadia", "Benali", "79.09.30-994.22", (*_EID_ITSME, Key.CODES),
            _("médecin généraliste, manager (FILEMANAGER) de Haute-Meuse"), PROSANTE),
    Persona(13, "Marc", "Dubois", "84.04.17-995.93", (*_EID_ITSME, Key.CODES, Key.APP),
            _("utilisateur administratif (GUARDPOST) de Haute-Meuse et de Pays des Lacs"), PROSANTE),
    Persona(14, "Olivier", "Dubuc", "91.04.24-979.46", _EID_CODES,
            _("utilisateur de Haute-Meuse, avec des fonctions qui n'ouvrent pas BHOD"), PROSANTE),
    Persona(15, "Jan", "Claes", "68.12.05-997.74", _EID_ITSME,
            _("représentant légal et Gestionnaire d'Accès Principal de Leiestreek, où la bonne qualité manque"), ACCESS,
            Language.DUTCH),
    Persona(16, "Karim", "Haddad", "75.02.26-989.14", _EID_ITSME,
            _("médecin généraliste, dans aucun cercle"), PROSANTE),
    Persona(17, "Ana", "Ferreira", "92.07.08-992.70", _EID_ITSME, _("infirmière"), PROSANTE),
    Persona(18, "Michel", "Haddad", "80.03.07-977.29", _EID, _("de la famille de Karim Haddad"), PROSANTE),
    Persona(19, "Lena", "Schmitz", "76.09.12-976.32", _EID_ITSME, _("directrice d'un établissement de soins"), PROSANTE,
            Language.GERMAN),
    Persona(20, "Elise", "Colson", "83.05.28-974.61", _EID_ITSME, _("médecin et bandagiste"), PROSANTE),
    Persona(21, "Noah", "Willems", "01.02.14-975.27", _EID,
            _("infirmier qui a son visa et pas encore de numéro INAMI"), PROSANTE),
    Persona(22, "Emma", "Wouters", "00.05.19-990.56", _EID,
            _("candidate généraliste, dont le dossier sera prêt dans trois jours"), PROSANTE),
    Persona(23, "Peter", "Vogel", "60.10.11-987.13", _EID_ITSME, _("directeur, non-dispensateur de soins"), PROSANTE,
            Language.GERMAN),
    Persona(24, "Yves", "Simon", "95.08.23-985.85", _EID, _("n'a de droit nulle part"), PROSANTE),
    Persona(25, "Maria", "Rossi", "86.43.12-988.80", (Key.EIDAS,),
            _("représentante légale de La Source, avec un numéro BIS et sans eID"), CSAM),
    Persona(26, "John", "Smith", "", (), _("directeur étranger de La Source, sans NISS"), CSAM),
)  # fmt: skip

_DOCTOR = _("médecin de Haute-Meuse")
_LAKES_DOCTOR = _("médecin de Pays des Lacs")

_DOCTORS = (
    Persona(27, "Thomas", "Gérard", "70.05.06-971.63", _EID, _DOCTOR, PROSANTE),
    Persona(28, "Marie", "Lefèvre", "86.01.22-972.84", _EID, _DOCTOR, PROSANTE),
    Persona(29, "Pieter", "De Smet", "63.10.09-969.57", _EID, _DOCTOR, PROSANTE),
    Persona(30, "Aïcha", "Ziani", "90.03.18-970.13", _EID, _DOCTOR, PROSANTE),
    Persona(31, "Vincent", "Collard", "77.12.27-967.21", _EID, _DOCTOR, PROSANTE),
    Persona(32, "Sophie", "Arnould", "81.08.15-968.48", _EID, _DOCTOR, PROSANTE),
    Persona(33, "Julien", "Masson", "98.06.30-965.41", _EID,
            _("candidat généraliste de Haute-Meuse, sous la supervision de Catherine Noël"), PROSANTE),
    Persona(34, "Catherine", "Noël", "67.04.02-966.21", _EID,
            _("médecin de Haute-Meuse, maître de stage de Julien Masson"), PROSANTE),
    Persona(35, "Bart", "Vermeulen", "89.09.21-963.48", _EID, _("médecin de Haute-Meuse et de Pays des Lacs"), PROSANTE),
    Persona(36, "Fatima", "Idrissi", "74.11.13-964.83", _EID, _("médecin de Haute-Meuse, sans numéro de compte"), PROSANTE),
)  # fmt: skip

_COMPLETION = (
    Persona(37, "Laurence", "Dethier", "88.05.17-958.27", _EID, _DOCTOR, PROSANTE),
    Persona(38, "Xavier", "Pirotte", "72.09.23-961.21", _EID, _DOCTOR, PROSANTE),
    Persona(39, "Benoît", "Hennaut", "64.08.10-957.46", _EID_CODES,
            _("médecin, représentant légal, Gestionnaire d'Accès Principal et Gestionnaire Local de Pays des Lacs"), ACCESS),
    Persona(40, "Chantal", "Sacré", "70.03.01-966.10", _EID_CODES,
            _("médecin généraliste, manager (FILEMANAGER) de Pays des Lacs"), PROSANTE),
    Persona(41, "Émilie", "Warnant", "93.02.15-952.80", _EID, _LAKES_DOCTOR, PROSANTE),
    Persona(42, "Philippe", "Gobert", "66.04.12-959.95", _EID, _LAKES_DOCTOR, PROSANTE),
    Persona(43, "Anna", "Kowalska", "", (Key.EIDAS,),
            _("citoyenne polonaise sans NISS : reçoit un numéro BIS à sa première identification"), PROSANTE,
            title_without_niss=Title.MRS),
)  # fmt: skip

PEOPLE = (*_PRINCIPALS, *_DOCTORS, *_COMPLETION)

STAFF = (
    StaffMember("agent-csam", "Agent", "CSAM", StaffRole.CSAM, AGENT_QUEUE),
    StaffMember("agent-inami", "Agent", "INAMI", StaffRole.INAMI, INAMI_HOME),
    StaffMember("helpdesk", "Agent", "Helpdesk", StaffRole.HELPDESK, HELPDESK_START),
    StaffMember("formateur", "Agent", "Formation", StaffRole.TRAINER),
)

EUROPEANS = (
    European("maria-rossi", Country.ITALY, "IT/BE/RSSMRA86C52H501W", date(1986, 3, 12)),
    European("anna-kowalska", Country.POLAND, "PL/BE/84051512345", date(1984, 5, 15)),
)


def app_secret(persona: Persona) -> str:
    """What the application of that person computes its codes from (TOTP), in base 32: the same at every reset."""
    return b32encode(_drawn("application", persona)[:20]).decode()


def token_seed(persona: Persona) -> str:
    """What the 24 codes of that person's paper token are drawn from: the same at every reset."""
    return _drawn("token", persona).hex()


def _drawn(purpose: str, persona: Persona) -> bytes:
    return sha256(f"{purpose} {persona.slug}".encode()).digest()


def with_key(key: Key) -> Iterator[Persona]:
    """Who has that key."""
    return (persona for persona in PEOPLE if key in persona.keys)
