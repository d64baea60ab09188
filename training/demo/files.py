"""What ProSanté shows of the demo world beyond its care providers: non-providers, mandates, addresses, accounts."""

from dataclasses import dataclass

from prosante_login.enums import ContactRole, MandateKind, Profession

# Days before the day on which the world is made.
KNOWN_TO_INAMI, GIVEN, ACCEPTED, ACCOUNT_NAMED, ADDRESS_ADDED = 900, 200, 198, 300, 700
GIVEN_LATELY = 2

# Account numbers of a bank that keeps none for persons: the National Bank's code, then the row of the person.
NATIONAL_BANK = "100"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person (a slug) whom INAMI knows in an administrative role."""

    person: str
    role: ContactRole
    institution: str


@dataclass(frozen=True, slots=True)
class GivenMandate:
    """A mandate of a provider (a slug and his profession) for a person or a company (a slug), accepted by a person.

    One for a company that nobody has accepted was given lately and waits.
    """

    provider: str
    kind: MandateKind
    accepted_by: str = ""
    company: str = ""
    profession: Profession = Profession.PHYSICIAN


@dataclass(frozen=True, slots=True)
class Practice:
    """Where a provider (a slug) works."""

    provider: str
    name: str
    street: str
    postal_code: str
    town: str


CONTACTS = (
    Contact("lena-schmitz", ContactRole.DIRECTOR, "Seniorenheim Sankt Vith"),
    Contact("peter-vogel", ContactRole.DIRECTOR, "Klinik Am Hohen Venn"),
)

MANDATES = (
    GivenMandate("karim-haddad", MandateKind.SOCIAL_STATUS, "ana-ferreira"),
    GivenMandate("karim-haddad", MandateKind.ADMINISTRATIVE_FILE, "michel-haddad"),
    GivenMandate("karim-haddad", MandateKind.ADMINISTRATIVE_FILE, "maria-rossi", company="la-source"),
    GivenMandate("elise-colson", MandateKind.ADMINISTRATIVE_FILE, "lena-schmitz"),
    # Opens nothing before someone of the circle signs.
    GivenMandate("elise-colson", MandateKind.SOCIAL_STATUS, company="haute-meuse"),
)

PRACTICES = (
    Practice("karim-haddad", "Cabinet du Parc", "Avenue des Tilleuls 12", "7000", "Mons"),
    Practice("elise-colson", "", "Rue du Moulin 5", "1300", "Wavre"),
    Practice("nadia-benali", "Cabinet de la Citadelle", "Rue Grande 27", "5500", "Dinant"),
    Practice("luc-moreau", "", "Rue du Pont 8", "5530", "Yvoir"),
)

# Of the doctors of circles, who has named no account (demo-world.md, row 36).
WITHOUT_ACCOUNT = frozenset({"fatima-idrissi"})


def iban_of(number: int) -> str:
    """The account of the person with that row in the table: valid in form, and nobody's (domain.md 5.5)."""
    account = f"{NATIONAL_BANK}{number:07}"
    bban = f"{account}{int(account) % 97 or 97:02}"
    return f"BE{98 - int(f'{bban}111400') % 97:02}{bban}"
