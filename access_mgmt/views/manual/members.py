"""The chapter of the manual about users and subdivisions."""

from django.utils.translation import gettext_lazy as _

from access_mgmt.views.manual.parts import BRANCHES, MANAGERS, Chapter, Part

USERS = Chapter(
    _("Utilisateurs - Subdivisions"),
    (
        Part(
            slug="utilisateurs",
            title=_("Utilisateurs"),
            screens=("member_list", "member_identify"),
            purpose=_("Trouver une personne de la qualité, en ajouter, exporter la liste."),
            who=BRANCHES,
            steps=(
                _(
                    "Remplissez un ou plusieurs critères et affichez ; un clic sur le titre d'une colonne trie."
                ),
                _(
                    "Pour ajouter un utilisateur ou un co-gestionnaire local (facultatif), choisissez « Ajouter un "
                    "utilisateur » ou « Ajouter un Co-Gestionnaire Local » en bas de l'écran, saisissez le NISS et cliquez "
                    "sur « Suivant »."
                ),
            ),
            after=_(
                "Le NISS est le numéro de registre national ou le numéro BISS. Une personne inconnue demande d'abord un "
                "numéro BIS."
            ),
        ),
        Part(
            slug="creer",
            title=_("Création d'un Utilisateur"),
            screens=("member_create",),
            purpose=_("Ajouter à la qualité la personne dont vous avez saisi le NISS."),
            who=BRANCHES,
            steps=(
                _(
                    "Confirmez le titre, le choix linguistique et l'adresse e-mail de la personne et cliquez sur "
                    "« Enregistrer »."
                ),
            ),
            after=_(
                "La personne reçoit un e-mail et choisit elle-même son mot de passe. Cocher une application sécurisée ne "
                "donne pas encore de rôle : attribuez ensuite une fonction."
            ),
        ),
        Part(
            slug="fiche-utilisateur",
            title=_("Données d'un utilisateur"),
            screens=("member_edit",),
            purpose=_(
                "Lire et modifier les données d'une personne : titre, langue, adresses e-mail, applications sécurisées. Les "
                "autres actes sont en bas de la page : fonctions, historique, blocage, nouveau mot de passe, suppression."
            ),
            who=BRANCHES,
            steps=(
                _(
                    "Modifiez ce qui a changé et enregistrez. Le nom et le NISS viennent du registre national."
                ),
            ),
            after=_(
                "La personne reçoit un e-mail. Si un autre gestionnaire l'a modifiée pendant que vous écriviez, la page montre "
                "ce qui a changé et garde votre saisie."
            ),
        ),
        Part(
            slug="rechercher",
            title=_("Rechercher utilisateurs"),
            screens=("member_search",),
            purpose=_("Trouver une personne dans toutes les qualités et subdivisions que vous gérez."),
            who=BRANCHES,
            steps=(_("Remplissez un ou plusieurs critères, puis cliquez sur la personne trouvée."),),
        ),
        Part(
            slug="bloquer",
            title=_("Bloquer, débloquer une personne"),
            screens=("member_block", "member_unblock"),
            purpose=_("Fermer les accès d'une personne dans la qualité pour un temps, sans la supprimer."),
            who=BRANCHES,
            steps=(
                _("Ouvrez la personne, cliquez sur « Bloquer » et lisez ce que cela arrête."),
                _("Confirmez. « Débloquer » se trouve au même endroit."),
            ),
            after=_(
                "La personne reçoit un e-mail. Ses fonctions s'arrêtent dans un délai maximal de 20 minutes, et reviennent "
                "quand vous la débloquez."
            ),
        ),
        Part(
            slug="nouveau-mot-de-passe",
            title=_("Nouveau mot de passe"),
            screens=("member_new_password",),
            purpose=_("Aider une personne qui n'arrive plus à se connecter par mot de passe."),
            who=BRANCHES,
            steps=(_("Ouvrez la personne, cliquez sur « Nouveau mot de passe » et confirmez."),),
            after=_(
                "L'ancien mot de passe ne sert plus. La personne reçoit un lien et choisit elle-même le nouveau : ni vous ni "
                "personne d'autre ne le voit."
            ),
        ),
        Part(
            slug="supprimer",
            title=_("Supprimer des utilisateurs"),
            screens=("member_delete",),
            purpose=_("Retirer des personnes de la qualité, avec leurs fonctions et leurs responsabilités."),
            who=BRANCHES,
            steps=(
                _(
                    "Dans la liste, cochez les personnes, choisissez « Supprimer utilisateur(s) » et cliquez sur « Exécuter »."
                ),
                _("La page suivante montre ce qui prend fin, et qui ne peut pas être supprimé : confirmez."),
            ),
            after=_(
                "Les fonctions prennent fin dans un délai maximal de 20 minutes et chaque personne reçoit un e-mail. Personne "
                "ne se supprime soi-même, et une qualité garde toujours un gestionnaire."
            ),
        ),
        Part(
            slug="importer",
            title=_("Importer des utilisateurs"),
            screens=("member_import", "member_import_check", "member_import_done"),
            purpose=_(
                "Ajouter ou modifier plusieurs personnes à la fois, avec leurs fonctions et leurs dates."
            ),
            who=MANAGERS,
            steps=(
                _(
                    "Téléchargez le modèle, remplissez une ligne par personne et par fonction, et envoyez le fichier."
                ),
                _("Contrôlez le résultat, ligne par ligne : rien n'est encore fait."),
                _("Confirmez."),
            ),
            after=_(
                "Les lignes refusées se téléchargent, pour être corrigées. Le même fichier envoyé deux fois ne change rien la "
                "seconde fois."
            ),
        ),
        Part(
            slug="subdivisions",
            title=_("Subdivisions"),
            screens=(
                "subdivision_list",
                "subdivision_detail",
                "subdivision_rename",
                "subdivision_move",
                "subdivision_delete",
            ),
            purpose=_(
                "Partager une grande qualité en parties, dans un arbre, chacune avec ses utilisateurs."
            ),
            who=BRANCHES,
            steps=(
                _("Créez une subdivision, sous une autre ou en haut de l'arbre."),
                _("Cliquez sur elle pour la renommer, la déplacer, ou la supprimer quand elle est vide."),
            ),
            after=_("Le gestionnaire d'une subdivision ne voit et ne gère que sa branche."),
        ),
        Part(
            slug="placer",
            title=_("Placer des utilisateurs"),
            screens=("subdivision_add", "subdivision_place"),
            purpose=_("Mettre des utilisateurs dans une subdivision, ou les faire passer dans une autre."),
            who=BRANCHES,
            steps=(
                _(
                    "Ouvrez la subdivision, cliquez sur « Placer des utilisateurs », choisissez les personnes, puis cliquez "
                    "sur « Placer les utilisateurs choisis »."
                ),
                _(
                    "Pour les faire passer dans une autre subdivision, choisissez-les dans la leur, puis cliquez sur "
                    "« Déplacer »."
                ),
            ),
            after=_("Une personne n'est que dans une seule subdivision. Ses fonctions ne changent pas."),
        ),
        Part(
            slug="gestionnaire-subdivision",
            title=_("Gestionnaire de Subdivision"),
            screens=("subdivision_manager_name", "subdivision_manager_end"),
            purpose=_("Confier une branche à l'un de ses utilisateurs, ou mettre fin à cette gestion."),
            who=BRANCHES,
            steps=(_("Dans la subdivision, choisissez la personne, puis confirmez."),),
            after=_("La personne reçoit un e-mail. Ses propres fonctions ne changent pas."),
        ),
    ),
)
