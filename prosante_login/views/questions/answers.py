"""The questions of seed 003, word for word and in its order, and the screens of ours to which each answer leads."""

from django.utils.translation import gettext_lazy as _

from prosante_login.views.questions.parts import Question, Screen

_CHOOSER = Screen(_("Se connecter : choisir son profil"), "prosante_login:profile_choose")
_OWN_FILE = Screen(_("Mon dossier de dispensateur de soins"), "prosante_login:file_home")
_GRANTORS = Screen(_("Chercher mandant"), "prosante_login:grantor_search")
_GIVEN = Screen(_("Mandats que j'ai donnés"), "prosante_login:mandate_list")
_RECEIVED = Screen(_("Mandats que j'ai reçus"), "prosante_login:received_mandates")
_KNOWN = Screen(_("Mon dossier de NON dispensateur de soins"), "prosante_login:non_provider_file")

QUESTIONS = (
    Question(
        "connexion",
        _("Comment puis-je me connecter à ProSanté?"),
        "prosante_login/questions/_connection.html",
        (_CHOOSER, Screen(_("Mes clés numériques"), "csam:key_list")),
    ),
    Question(
        "nouveau-dispensateur",
        _(
            "Je suis un nouveau dispensateur de soins et je ne peux me connecter qu'en tant que citoyen. Que dois-je faire?"
        ),
        "prosante_login/questions/_new_provider.html",
        (_CHOOSER,),
        explains_refusals=True,
    ),
    Question(
        "conditions-dispensateur",
        _(
            "Je souhaite me connecter à ProSanté en tant que dispensateur de soins, quelles conditions dois-je remplir?"
        ),
        "prosante_login/questions/_provider_conditions.html",
        (_CHOOSER, _OWN_FILE),
    ),
    Question(
        "conditions-mandataire",
        _("Je souhaite me connecter à ProSanté en tant que mandataire, quelles conditions dois-je remplir?"),
        "prosante_login/questions/_mandatary_conditions.html",
        (_GIVEN, _RECEIVED),
    ),
    Question(
        "organisation",
        _(
            "Je suis un représentant d'une organisation, mais je ne vois pas mon organisation. Que dois-je faire?"
        ),
        "prosante_login/questions/_organisation.html",
        (Screen(_("Vos Responsables : qui gère vos accès"), "access_mgmt:responsibles"), _CHOOSER),
        explains_refusals=True,
    ),
    Question(
        "dispensateur",
        _("Je souhaite me connecter à ProSanté en tant que dispensateur de soins, que dois-je faire?"),
        "prosante_login/questions/_provider.html",
        (_CHOOSER, _OWN_FILE),
    ),
    Question(
        "mandataire",
        _("Je souhaite me connecter à ProSanté en tant que mandataire, que dois-je faire?"),
        "prosante_login/questions/_mandatary.html",
        (_RECEIVED,),
    ),
    Question(
        "mandataire-personne-physique",
        _(
            "Je souhaite me connecter à ProSanté en tant que Mandataire - personne physique, que dois-je faire?"
        ),
        "prosante_login/questions/_natural_person.html",
        (_CHOOSER, _GRANTORS, _RECEIVED),
    ),
    Question(
        "representant-legal",
        _("Je souhaite me connecter à ProSanté en tant que représentant légal, que dois-je faire?"),
        "prosante_login/questions/_legal_representative.html",
        (_CHOOSER, _GRANTORS, _RECEIVED),
        explains_refusals=True,
    ),
    Question(
        "non-dispensateur",
        _("Je souhaite me connecter à ProSanté en tant que NON dispensateur de soins. Que dois-je faire ?"),
        "prosante_login/questions/_non_provider.html",
        (_CHOOSER, _KNOWN),
    ),
    Question(
        "conditions-non-dispensateur",
        _(
            "Je souhaite me connecter à ProSanté en tant que NON dispensateur de soins, quelles conditions dois-je remplir?"
        ),
        "prosante_login/questions/_non_provider_conditions.html",
        (_CHOOSER, _KNOWN),
    ),
)
