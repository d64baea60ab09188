"""The last links, of which only the person himself knows: the key of his session, and the profile that he chose."""

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from csam.models import Enterprise
from csam.security import PROSANTE, keys_strong_enough
from prosante_login.enums import Capacity, ProfileKind
from prosante_login.profiles import ActiveProfile
from training.selectors.why.chain import Link, Maker, Mender, Screen
from training.selectors.why.facts import Session


def key(session: Session) -> Link:
    """The keys used in this session are strong enough for ProSanté."""
    make = Maker("key", _("Une clé numérique assez forte pour ProSanté"), "profile")
    words = {"level": session.level.label, "needed": PROSANTE.lowest_level.label}
    if session.level >= PROSANTE.lowest_level:
        return make.held(_("Niveau %(level)s ; ProSanté demande au moins %(needed)s.") % words)
    keys = ", ".join(str(each.label) for each in keys_strong_enough(PROSANTE))
    onward = urlencode({"next": reverse("prosante_login:profile_choose")})
    return make.broken(
        _("Cette session n'a que le niveau %(level)s ; ProSanté demande au moins %(needed)s : %(keys)s.")
        % (words | {"keys": keys}),
        [Mender(_("vous-même"))],
        Screen(_("S'identifier avec une autre clé"), f"{settings.LOGIN_URL}?{onward}"),
    )


def profile(session: Session, enterprise: Enterprise | None, *, as_mandatary: bool = False) -> Link:
    """« Citoyen » and this organisation are chosen; without an organisation, « Citoyen » alone."""
    label = (
        _("Le profil « Citoyen », avec cette organisation")
        if enterprise
        else _("Le profil « Citoyen », sans organisation")
    )
    make = Maker("profile", label, "profile")
    wrong = _what_is_wrong(session.profile, enterprise, as_mandatary=as_mandatary)
    if not wrong:
        return make.held(_("C'est le profil de cette session."))
    return make.broken(
        wrong,
        [Mender(_("vous-même"))],
        Screen(_("Choisir le profil"), reverse("prosante_login:profile_choose")),
    )


def _what_is_wrong(chosen: ActiveProfile | None, enterprise: Enterprise | None, *, as_mandatary: bool) -> str:
    wanted = enterprise.pk if enterprise else None
    match chosen:
        case None:
            return _("Aucun profil n'est choisi dans cette session.")
        case ActiveProfile(kind=kind) if kind != ProfileKind.CITIZEN:
            return _(
                "Le profil choisi est « Prestataire de soins professionnel » : quel que soit votre rôle, choisissez "
                "« Citoyen »."
            )
        case ActiveProfile(enterprise_id=None) if wanted:
            return _("Le profil choisi est « Citoyen », sans organisation.")
        case ActiveProfile(enterprise_id=other) if other != wanted:
            return _("Le profil choisi est « Citoyen », pour une autre organisation.")
        case _right_organisation:
            return _wrong_capacity(chosen, as_mandatary=as_mandatary)


def _wrong_capacity(chosen: ActiveProfile, *, as_mandatary: bool) -> str:
    capacity = chosen.choice.capacity
    if as_mandatary:
        other = capacity in {Capacity.APPLICATION, Capacity.CITIZEN}
        return _("Vous n'êtes pas entré comme mandataire.") if other else ""
    entered = chosen.mandate is not None or capacity == Capacity.MANDATARY
    return _("Vous êtes entré comme mandataire, pour le dossier d'un autre.") if entered else ""
