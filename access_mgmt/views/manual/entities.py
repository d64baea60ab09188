"""The chapters of the manual about the beginning and about qualities; the words of 000 where it has some."""

from django.utils.translation import gettext_lazy as _

from access_mgmt.views.manual.parts import ENTITY, EVERYBODY, Chapter, Part

BEGINNING = Chapter(
    _("Commencer"),
    (
        Part(
            slug="acces",
            title=_("Qui a accès au service en ligne ?"),
            screens=("landing",),
            purpose=_(
                "Dire à chaque application qui, dans votre entreprise, peut faire quoi. Au sein d'une grande entreprise, le "
                "service en ligne Gestion des accès permet de déléguer certaines tâches de gestion à vos collaborateurs."
            ),
            who=_(
                "Le Gestionnaire d'Accès Principal, ou le cas échéant, les Gestionnaires d'Accès de votre entreprise, ont "
                "accès à toutes les fonctionnalités du service en ligne. Les utilisateurs, quant à eux, ne peuvent que "
                "modifier leurs données."
            ),
            steps=(
                _("Cliquez sur « Se connecter via CSAM »."),
                _("Choisissez une clé numérique et identifiez-vous."),
            ),
            after=_("Vous arrivez à l'accueil, ou dans votre qualité si vous n'en gérez qu'une."),
            picture="tree",
        ),
        Part(
            slug="accueil",
            title=_("Accueil"),
            screens=("home",),
            purpose=_("Choisir l'entreprise ou l'organisation pour laquelle vous travaillez."),
            who=EVERYBODY,
            steps=(
                _(
                    "Dans la liste déroulante se trouvent toutes les entités dans lesquelles vous êtes enregistré(e) : "
                    "choisissez-en une."
                ),
                _("Vos rôles s'affichent en dessous, sous la forme d'un hyperlien : cliquez sur l'un d'eux."),
            ),
            after=_("Vous pouvez revenir à l'accueil à tout moment en cliquant sur le bouton Home."),
        ),
        Part(
            slug="responsables",
            title=_("Vos Responsables"),
            screens=("responsibles",),
            purpose=_(
                "Savoir qui gère vos accès, et à quelle adresse : le Responsable Accès Entité de chaque entreprise, les "
                "gestionnaires de chaque qualité, celui de votre subdivision et qui répond de vous."
            ),
            who=EVERYBODY,
            after=_(
                "Écrivez d'abord à celui qui est le plus près de vous : le Gestionnaire Local de la qualité."
            ),
        ),
        Part(
            slug="question",
            title=_("Une question ?"),
            screens=("contact", "contact_done"),
            purpose=_("Poser votre question via le formulaire de contact."),
            who=EVERYBODY,
            steps=(_("Écrivez votre adresse e-mail et votre question, puis envoyez-la."),),
            after=_("Dans ce simulateur, elle arrive dans la boîte aux lettres du monde."),
        ),
        Part(
            slug="aide",
            title=_("Manuel utilisateur"),
            screens=("help",),
            purpose=_(
                "Lire ce qu'un écran attend de vous : le lien Help d'un écran ouvre la partie qui en parle."
            ),
            who=EVERYBODY,
        ),
    ),
)

QUALITIES = Chapter(
    _("L'entité et ses qualités"),
    (
        Part(
            slug="qualites",
            title=_("Liste des qualités"),
            screens=("quality_list",),
            purpose=_(
                "Voir les qualités de l'entreprise, celles qui sont actives et celles qui peuvent l'être."
            ),
            who=ENTITY,
            steps=(
                _(
                    "Vérifiez si la qualité « eHealth Soins de Santé » figure dans la liste. Attention: à ne pas confondre "
                    "avec la qualité « Soins de Santé »."
                ),
                _("Si elle y est active, cette étape est terminée. Sinon, activez-la en bas de la page."),
            ),
            after=_("L'historique, en bas de la page, dit qui a activé ou désactivé une qualité, et quand."),
        ),
        Part(
            slug="activer",
            title=_("Activer une qualité"),
            screens=(
                "quality_activate",
                "quality_activate_account",
                "quality_activate_check",
                "quality_activate_done",
            ),
            purpose=_("Ouvrir une qualité et désigner son Gestionnaire Local."),
            who=ENTITY,
            steps=(
                _(
                    "En bas du tableau « Liste des qualités », dans la liste déroulante « Activer la qualité », sélectionnez "
                    "« eHealth Soins de Santé », puis cliquez sur « Suivant »."
                ),
                _(
                    "Ajoutez l'adresse e-mail de contact et choisissez le gestionnaire local : vous ou quelqu'un d'autre, à "
                    "l'aide de son NISS. Cliquez sur « Suivant »."
                ),
                _(
                    "Sur la page suivante, vérifiez ou choisissez le compte du gestionnaire local et indiquez son adresse "
                    "e-mail, puis cliquez sur « Enregistrer »."
                ),
                _("Vérifiez les données et cliquez sur « Confirmer » si tout est correct."),
            ),
            after=_("La qualité est active aussitôt, et le Gestionnaire Local reçoit un e-mail."),
        ),
        Part(
            slug="desactiver",
            title=_("Désactiver une qualité"),
            screens=("quality_deactivate",),
            purpose=_(
                "Fermer une qualité. La page montre d'abord ce qui prend fin : les personnes et leurs fonctions, avec leurs "
                "dates."
            ),
            who=ENTITY,
            after=_(
                "Les applications le voient dans un délai maximal de 20 minutes. La qualité peut être activée à nouveau ; ses "
                "utilisateurs et leurs fonctions sont alors à recréer. « Employeur ONSS » reste active tant que l'entreprise "
                "est employeur."
            ),
        ),
        Part(
            slug="qualite",
            title=_("Une qualité et ses données"),
            screens=("quality_detail", "quality_edit"),
            purpose=_(
                "Le menu de gauche ouvre les fonctionnalités de la qualité. Pensez à vérifier régulièrement les données de la "
                "qualité que vous gérez."
            ),
            who=_(
                "Ceux qui gèrent la qualité, qui peuvent la modifier ; un Gestionnaire de Subdivision la lit."
            ),
            steps=(
                _("Cliquez sur « Consulter ou modifier le détail de la qualité »."),
                _("Modifiez l'adresse e-mail de contact et enregistrez."),
            ),
            after=_(
                "Si un autre gestionnaire modifie les mêmes données pendant que vous écrivez, la page vous le dit et garde "
                "votre saisie."
            ),
        ),
        Part(
            slug="gestionnaire-local",
            title=_("Désigner le Gestionnaire Local"),
            screens=("local_manager_name", "local_manager_name_check"),
            purpose=_(
                "Donner un autre Gestionnaire Local à la qualité, ou en désigner un s'il n'y en a plus."
            ),
            who=ENTITY,
            steps=(
                _(
                    "Choisissez la personne et ce que l'ancien Gestionnaire Local devient, puis cliquez sur « Suivant »."
                ),
                _("Vérifiez ce qui va changer et confirmez."),
            ),
            after=_("Le changement vaut aussitôt ; les deux personnes reçoivent un e-mail."),
        ),
        Part(
            slug="remplacant",
            title=_("Nommer un remplaçant"),
            screens=("successor_name", "successor_name_check", "successor_done"),
            purpose=_(
                "Quitter la gestion de la qualité, ou d'une subdivision, sans la laisser sans gestionnaire."
            ),
            who=_("Un gestionnaire de la qualité ou d'une subdivision, pour sa propre place."),
            steps=(
                _("Choisissez qui prend votre place, puis cliquez sur « Suivant »."),
                _("Vérifiez ce que chacun devient et confirmez."),
            ),
            after=_("La personne nommée reçoit un e-mail et gère aussitôt."),
        ),
    ),
)
