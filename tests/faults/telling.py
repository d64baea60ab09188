"""What the portal tells of propagation while something is broken: to the manager on his page, to machines."""

import re
import time
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import time_machine
from prometheus_client.parser import text_string_to_metric_families

from access_mgmt.selectors import propagation
from tests.csam.login import log_in
from tests.faults.scene import page_of, states

# Past what a sweep may be ago, and past the promise: 20 minutes, and the minute that is given to a late one.
NO_SWEEP, LATE = timedelta(seconds=40), timedelta(minutes=22)
STOPPED, OVERDUE = "La propagation ne travaille plus depuis", "La propagation a du retard"

_NOTICE = re.compile(r"La propagation [^<]*")


@dataclass(frozen=True)
class Told:
    """The states of the functions of a page and what it says above them (nothing, when all is well); the checks of
    `/healthz` that are not well, and the numbers of `/metrics`."""

    states: list[str]
    notice: str
    status: str
    unwell: dict[str, str]
    numbers: dict[str, float]

    @property
    def all_is_well(self):
        return self.status == "ok" and not self.notice


def told(client, member, manager, *, after=timedelta(0)):
    """What the manager reads on « Fonctions exercées » of a member, and machines, when so much time has passed.

    The web server is this process; its clock alone is put forward, as if nothing had happened meanwhile.
    """
    with time_machine.travel(time.time() + after.total_seconds()):
        log_in(client, manager.person)
        propagation.forget_look()
        page = client.get(page_of(member))
        health = client.get("/healthz")
        metrics = client.get("/metrics").content.decode()
    # None of the faults makes a web server useless that can ask its database.
    assert (page.status_code, health.status_code) == (200, 200)
    html, checks = page.content.decode(), health.json()["checks"]
    notice = _NOTICE.search(html)
    return Told(
        states=states(html),
        notice=unescape(notice[0]) if notice else "",
        status=health.json()["status"],
        unwell={name: check["status"] for name, check in checks.items() if check["status"] != "ok"},
        numbers={
            family.name: family.samples[0].value
            for family in text_string_to_metric_families(metrics)
            if family.type == "gauge"
        },
    )
