"""A guard cut in two at an instant: its doctor keeps the first part, the second goes to a colleague or stays with him."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bhod.enums import BatchKind, GuardAct, GuardState
from bhod.models import Guard
from bhod.selectors.plans import Entry, Plan
from bhod.services.proposals import Proposal
from bhod_portal.core.kept_texts import keep
from bhod_portal.core.shown import shown_instant
from prosante_login.models import CareProvider


def split_of(*, guard: Guard, cut_at: datetime, provider: CareProvider) -> Proposal:
    """The two parts of a guard of which `provider` takes the second; a confirmed one is to be confirmed anew.

    Refuses an instant outside of the guard with `cut_outside`.
    """
    if not guard.starts_at < cut_at < guard.ends_at:
        text = _("Choisissez un moment pendant la garde, entre le %(start)s et le %(end)s.")
        params = {"start": shown_instant(guard.starts_at), "end": shown_instant(guard.ends_at)}
        raise ValidationError(text, code="cut_outside", params=params)
    state = GuardState.DRAFT if guard.state == GuardState.DRAFT else GuardState.REGISTERED
    kept = Entry.of(guard, act=GuardAct.CHANGED, state=state).moved(ends_at=cut_at)
    rest = Entry(
        unit_id=guard.unit_id,
        provider_id=provider.pk,
        starts_at=cut_at,
        ends_at=guard.ends_at,
        state=state,
    )
    label = keep(
        gettext_noop("Dr %(doctor)s, garde du %(start)s, partagée le %(cut)s"),
        doctor=guard.provider.person.last_name,
        start=guard.starts_at,
        cut=cut_at,
    )
    plan = Plan(guard.unit.enterprise_id, [kept, rest])
    return Proposal(BatchKind.SPLIT, label, plan, is_whole=True)
