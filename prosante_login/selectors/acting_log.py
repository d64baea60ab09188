"""Who acted in a provider's file on behalf of him: the rows that `services.acting.record` wrote with a mandate."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from bhod_portal.core.audit import subject_of
from bhod_portal.core.models import AuditEntry
from prosante_login.models import CareProvider, Mandate


def acts_on_behalf_of(provider: CareProvider) -> QuerySet[AuditEntry]:
    """The trail of what mandataries did in this file, the latest first."""
    entries = AuditEntry.objects.filter(
        world=provider.person.world_id, subject=subject_of(provider), details__has_key="mandate"
    )
    return entries.select_related("done_by").order_by("-done_at", "-pk")


def mandates_of_acts(entries: Iterable[AuditEntry], *, provider: CareProvider) -> Mapping[int, Mandate]:
    """The mandates by which these acts were done, by key."""
    used = {entry.details["mandate"] for entry in entries}
    return provider.mandates.select_related("holder_person", "holder_enterprise").in_bulk(used)
