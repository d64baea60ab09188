"""The file of credit transfers that a closed run sends to INAMI's bank: pain.001 of ISO 20022, as SEPA takes it.

The version is pain.001.001.09, of 2019: the one to which the rulebooks of the European Payments Council moved in March 2024;
the older 001.03 is going out of use. `sepaxml` builds the elements; what it makes by chance or by the machine's clock is
made here of the run, so that one run gives the same file at any time. INAMI's account is nobody's: a number that is valid
in form (domain.md 5.5).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import date
from typing import Any

from sepaxml import SepaTransfer
from stdnum.be import ogm_vcs

from bhod.eligibility import ONE_DAY, is_weekend, legal_holidays
from bhod.models import PaymentRun, Settlement
from bhod_portal.core import clock

SCHEMA = "pain.001.001.09"
# Name, account and bank from which the simulator pays.
DEBTOR = {"name": "INAMI (simulateur)", "IBAN": "BE19100999999912", "BIC": "NBBEBEBB"}
CONTENT_TYPE = "application/xml"
# What banks accept in texts (EPC217-08, characters of SEPA); the longest name is 70 of them.
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def message_id(run: PaymentRun) -> str:
    """What names the file, 35 characters at most: no two runs of any world have the same."""
    return f"BHOD-{run.number:04}-{run.pk}"


def end_to_end_id(settlement: Settlement) -> str:
    """What names a payment from INAMI's order to the doctor's statement and back, 35 characters at most."""
    return f"BHOD-{settlement.pk:010}"


def structured_reference(settlement: Settlement) -> str:
    """The Belgian structured communication of a payment, its twelve digits bare."""
    digits = f"{settlement.pk:010}"
    return f"{digits}{ogm_vcs.calc_check_digits(digits)}"


def execution_day(run: PaymentRun) -> date:
    """The first working day after the closing on which INAMI's bank pays (our guess)."""
    if run.closed_at is None:
        raise ValueError("Only for what somebody has closed.")
    day = clock.day_of(run.closed_at) + ONE_DAY
    while is_weekend(day) or day in legal_holidays(day.year):
        day += ONE_DAY
    return day


def credit_transfers(run: PaymentRun, payments: Iterable[Settlement]) -> bytes:
    """The file of the payments of a closed run, all in one batch; each with its provider's person and its account."""
    document = _Document(run)
    day = execution_day(run)
    for settlement in payments:
        if settlement.account is None:
            raise ValueError("Only for what is paid.")
        document.add_payment(
            {
                "name": str(settlement.provider.person),
                "IBAN": settlement.account.iban,
                "amount": int(settlement.paid * 100),
                "execution_date": day,
                "endtoend_id": end_to_end_id(settlement),
                # Put in its structured place below.
                "description": structured_reference(settlement),
            }
        )
    # Against the schema it is checked in a test: here that would take longer than all the rest.
    content: bytes = document.export(validate=False)
    return content


class _Document(SepaTransfer):  # type: ignore[misc]  # sepaxml has no types
    """Everything in it follows from the run, and the communication is structured; sepaxml leaves both to chance."""

    def __init__(self, run: PaymentRun) -> None:
        self._run = run
        config = DEBTOR | {"currency": "EUR", "batch": True}
        super().__init__(config, schema=SCHEMA)

    def _create_header(self) -> None:
        super()._create_header()
        if self._run.closed_at is None:
            raise ValueError("Only for what somebody has closed.")
        self._header("MsgId").text = message_id(self._run)
        closed_at = self._run.closed_at.astimezone(clock.BRUSSELS)
        self._header("CreDtTm").text = closed_at.isoformat(timespec="seconds")

    def _add_to_batch_list(self, nodes: dict[str, Any], payment: dict[str, Any]) -> None:
        name = nodes["Nm_Cdtr_Node"]
        name.text = _NOT_SEPA.sub(" ", name.text)
        nodes["RmtInfNode"].clear()
        nodes["RmtInfNode"].append(_structured(payment["description"]))
        super()._add_to_batch_list(nodes, payment)

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for number, element in enumerate(self._xml.iter("PmtInfId"), start=1):
            element.text = f"{message_id(self._run)}-{number}"

    def _header(self, name: str) -> ET.Element:
        element: ET.Element = self._xml.find(f"CstmrCdtTrfInitn/GrpHdr/{name}")
        return element


def _structured(reference: str) -> ET.Element:
    """A structured communication as Belgian banks want it: a creditor's reference (SCOR) that the scheme BBA issues."""
    structured = ET.Element("Strd")
    reference_node = ET.SubElement(structured, "CdtrRefInf")
    kind = ET.SubElement(reference_node, "Tp")
    ET.SubElement(ET.SubElement(kind, "CdOrPrtry"), "Cd").text = "SCOR"
    ET.SubElement(kind, "Issr").text = "BBA"
    ET.SubElement(reference_node, "Ref").text = reference
    return structured
