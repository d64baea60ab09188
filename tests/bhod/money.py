"""What in a page, a file or a mail gives away what guards are worth, or where that is paid."""

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape

import openpyxl

from bhod.models import GuardCheck, PaymentLine, Settlement, Tariff
from prosante_login.models import ProviderAccount

# The words in which the portal speaks of money, and the names that its code has for it.
WORDS = re.compile(
    r"€|\beur(?:os?)?\b|\biban\b|\bmontants?\b|\btarifs?\b|\bpaiements?\b|\bpayée?s?\b|\bversée?s?\b|\bhonoraires\b"
    r"|\bsoldes?\b|\bvalidée?s?\b|\bretournée?s?\b|\bcompensée?s?\b|\bcontrôler par l'INAMI\b|\ben attente d'un compte\b"
    r"|(?<![a-z])(?:amount|tariff|hourly|earned|paid|payment|settlement|guard_?check|pay_?state)s?(?![a-z])",
    re.IGNORECASE,
)
# What anybody may read of rights and rules: the name of the portal, that amounts are not shown, what rules say of all guards.
HARMLESS = (
    "Honoraires de disponibilité",
    "honoraires de disponibilité",
    "aucun montant ne figure ici",
    "Jamais un montant",
    "toute la période payée ce jour-là",
    "sans inscription, pas d'honoraires",
    "Une garde n'est payée qu'après que le cercle a confirmé",
    "confirmer la prestation déclenche le paiement",
    "Les honoraires vont à une seule personne",
    "Les honoraires se comptent en minutes entières",
)
ACCOUNT = re.compile(r"\bBE\d{2}(?: ?\d{4}){3}\b")
NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:[ .]?\d{3})*[.,]\d{2}(?![\d.,]\d)")
AROUND = 50


@dataclass(frozen=True)
class Money:
    """The amounts and the accounts that a world knows."""

    amounts: frozenset[Decimal]
    accounts: frozenset[str]

    @classmethod
    def of(cls, world) -> "Money":
        known = set(Tariff.objects.filter(world=world).values_list("amount", flat=True))
        known |= set(GuardCheck.objects.filter(enterprise__world=world).values_list("amount", flat=True))
        known |= set(PaymentLine.objects.filter(run__world=world).values_list("amount", flat=True))
        settled = Settlement.objects.filter(run__world=world)
        for row in settled.values_list("opening", "returned", "earned", "paid", "closing"):
            known |= set(row)
        accounts = ProviderAccount.objects.filter(provider__person__world=world)
        return cls(
            frozenset(abs(amount) for amount in known if amount),
            frozenset(accounts.values_list("iban", flat=True)),
        )

    def told_by(self, text: str) -> list[str]:
        """What a text says of money: words, amounts and accounts, each with what stands around it."""
        text = re.sub(r"[\u00a0\u202f]", " ", unescape(text))
        for harmless in HARMLESS:
            text = text.replace(harmless, "")
        found = [*WORDS.finditer(text), *ACCOUNT.finditer(text)]
        found += [each for each in NUMBER.finditer(text) if _decimal(each[0]) in self.amounts]
        bare = re.sub(r"\s", "", text)
        return [text[max(0, each.start() - AROUND) : each.end() + AROUND] for each in found] + [
            account for account in self.accounts if account in bare
        ]


def all_of(response) -> str:
    """All that was sent: headers, and a page, a part of one, a table, a calendar, or every cell of a workbook."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    if "spreadsheet" in response["Content-Type"]:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        cells = (str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None)
        return "\n".join([headers, *cells])
    return f"{headers}\n{content.decode('utf-8-sig')}"


def _decimal(shown: str) -> Decimal:
    return Decimal(re.sub(r"[ .,]", "", shown)) / 100
