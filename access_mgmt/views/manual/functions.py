"""The chapters of the manual about functions, the hierarchy, messages and one's own data."""

from django.utils.translation import gettext_lazy as _

from access_mgmt.views.manual.parts import BRANCHES, EVERYBODY, MANAGERS, Chapter, Part

FUNCTIONS = Chapter(
    _("Fonctions et hiérarchie de responsabilité"),
    (
        Part(
            slug="fonctions",
            title=_("Aperçu des personnes et des fonctions"),
            screens=("role_overview",),
            purpose=_(
                "Cet écran fournit un aperçu des personnes enregistrées au sein de votre organisation et des fonctions "
                "exercées par ces personnes."
            ),
            who=BRANCHES,
            steps=(
                _(
                    "Pour visualiser l'ensemble des fonctions exercées par une personne, cliquez sur cette personne."
                ),
                _(
                    "Pour gérer les fonctions exercées par une personne, sélectionnez la première icône à droite de cette "
                    "personne."
                ),
            ),
            after=_(
                "Il n'y a pas de contrôle externe sur l'attribution des rôles. Le gestionnaire d'accès est responsable des "
                "rôles (fonctions) qu'il attribue aux utilisateurs."
            ),
        ),
        Part(
            slug="fonctions-exercees",
            title=_("Fonctions exercées"),
            screens=("role_list", "role_edit", "role_delete"),
            purpose=_(
                "Donner une fonction à une personne, en changer les dates ou la supprimer. "
                "INAMI_FILEMANAGER_GENERALPRACTITIONERCIRCLE est le rôle de manager : gardes, médecins inscrits et "
                "informations financières. INAMI_GUARDPOST_GENERALPRACTITIONERCIRCLE est celui de l'utilisateur "
                "administratif : gardes et médecins inscrits."
            ),
            who=BRANCHES,
            steps=(
                _("Choisissez la fonction et la date de début, puis cliquez sur « Ajouter »."),
                _("La date de fin n'est pas obligatoire ; c'est le dernier jour où la fonction compte."),
                _("« Modifier » et « Supprimer » se trouvent dans la dernière colonne."),
            ),
            after=_(
                "Attention, si vous créez, supprimez ou modifiez un profil, votre adaptation sera active dans un délai maximal "
                "de 20 minutes."
            ),
            picture="travel",
        ),
        Part(
            slug="e-mail-fonctions",
            title=_("Envoyer un e-mail à l'utilisateur"),
            screens=("role_email", "role_email_check"),
            purpose=_("Dire à la personne ce qu'elle a reçu, avec le lien de l'application et du manuel."),
            who=BRANCHES,
            steps=(
                _(
                    "Sous les fonctions, cliquez sur « Envoyer un e-mail à l'utilisateur » : le message est déjà écrit."
                ),
                _("Modifiez-le si vous voulez, relisez-le et envoyez-le."),
            ),
            after=_("Le message part dans la langue de la personne."),
        ),
        Part(
            slug="historique-fonctions",
            title=_("Historique des fonctions"),
            screens=("role_history",),
            purpose=_(
                "Savoir qui a ajouté, modifié ou supprimé une fonction, quand, et quand les applications l'ont su."
            ),
            who=BRANCHES,
            after=_("Rien ne s'efface de cet historique."),
        ),
        Part(
            slug="modifications-en-route",
            title=_("Modifications en route"),
            screens=("propagation_queue",),
            purpose=_(
                "Voir ce qui a été demandé et que les applications ne voient pas encore, et combien de temps les dernières "
                "modifications ont attendu."
            ),
            who=BRANCHES,
            steps=(
                _("« En attente » dit quand chaque modification arrive au plus tard."),
                _(
                    "« Mises de côté » dit pourquoi une modification n'a pas pu être appliquée, quand elle est réessayée et "
                    "à qui s'adresser."
                ),
                _("« Arrivées depuis 24 heures » dit combien de temps chacune a attendu."),
            ),
            after=_(
                "La page s'actualise d'elle-même tant que quelque chose attend. Ceux qui gèrent l'entité voient toute "
                "l'entreprise, les autres les personnes qu'ils gèrent."
            ),
        ),
        Part(
            slug="qui-avait-acces",
            title=_("Qui avait accès ?"),
            screens=("who_had_access",),
            purpose=_(
                "Savoir ce que les applications voyaient à un moment donné, et pourquoi, aussi pour une personne partie."
            ),
            who=BRANCHES,
            steps=(
                _("Écrivez le nom de la personne, ou laissez vide pour voir tout le monde."),
                _("Choisissez la fonction, la date et l'heure de Bruxelles, puis cliquez sur « Répondre »."),
            ),
            after=_(
                "La réponse dit oui ou non et pourquoi ; le tableau montre qui a demandé quoi, quand, et quand les "
                "applications l'ont su. Un Gestionnaire de Subdivision interroge les personnes de sa branche, leur passé "
                "d'avant la branche compris. Ceux qui gèrent l'entité trouvent l'historique de toutes les fonctions (.csv) "
                "sous la liste des qualités."
            ),
        ),
        Part(
            slug="suivi",
            title=_("Suivi des accès"),
            screens=("access_watch",),
            purpose=_(
                "Voir à temps les fonctions qui finissent bientôt, celles qui n'ont pas de fin et les personnes qui ne sont "
                "jamais venues."
            ),
            who=BRANCHES,
            steps=(
                _("Ouvrez une personne de la liste et changez ses dates, ou supprimez ce qui ne sert plus."),
            ),
        ),
        Part(
            slug="revision",
            title=_("Révision des fonctions"),
            screens=("review_list", "review_detail", "review_decide", "review_close"),
            purpose=_("Revoir une fois par an toutes les fonctions de la qualité : confirmer ou mettre fin."),
            who=MANAGERS,
            steps=(
                _("Commencez une révision : elle porte sur les fonctions attribuées à ce moment."),
                _(
                    "Cochez des fonctions, confirmez-les ou mettez-y fin ; plusieurs gestionnaires peuvent y travailler."
                ),
                _("Quand tout est décidé, clôturez la révision."),
            ),
            after=_("Le relevé garde chaque décision et s'exporte. Une révision clôturée ne se rouvre pas."),
        ),
        Part(
            slug="hierarchie",
            title=_("Hiérarchie des responsabilités"),
            screens=(
                "responsibility_list",
                "responsibility_create",
                "responsibility_create_check",
                "responsibility_end",
                "responsibility_history",
            ),
            purpose=_("Dire qui répond de qui : un médecin de sa secrétaire, par exemple."),
            who=BRANCHES,
            steps=(
                _("Cliquez sur « Désigner un responsable » et écrivez le nom des deux personnes."),
                _("Si plusieurs personnes s'appellent ainsi, choisissez ; puis confirmez."),
                _("Pour défaire le lien, cliquez sur « Mettre fin » à côté de la personne du dessous."),
            ),
            after=_("Les deux personnes reçoivent un e-mail. Leurs fonctions restent ce qu'elles sont."),
        ),
        Part(
            slug="remaph",
            title=_('About "Responsibility Management"'),
            screens=("responsibility_about",),
            purpose=_("Lire à quoi sert ReMaPH, et ce que nous n'en savons pas."),
            who=BRANCHES,
        ),
    ),
)

MESSAGES = Chapter(
    _("Messages structurés"),
    (
        Part(
            slug="messages",
            title=_("Messages structurés"),
            screens=(
                "messaging",
                "sender_number_register",
                "channel_activate",
                "channel_activate_check",
                "channel_remove",
            ),
            purpose=_(
                "Échanger des fichiers avec la Sécurité sociale, d'ordinateur à ordinateur, par FTP ou REST."
            ),
            who=MANAGERS,
            steps=(
                _("Demandez le numéro d'expéditeur : la qualité n'en a qu'un."),
                _("Activez un canal, pour toutes les applications ou pour une seule, vérifiez et confirmez."),
                _("Un canal qui ne sert plus se supprime dans la dernière colonne."),
            ),
            after=_("Un canal REST ne marche qu'avec un certificat valable de la qualité."),
        ),
        Part(
            slug="certificat-qualite",
            title=_("Certificat de la qualité"),
            screens=("quality_certificate", "quality_certificate_revoke"),
            purpose=_("Donner le certificat avec lequel vos ordinateurs se présentent sur les canaux REST."),
            who=MANAGERS,
            steps=(
                _(
                    "Choisissez le fichier du certificat (X.509), jamais celui de la clé privée, et enregistrez."
                ),
                _("Comparez l'empreinte avec celle que votre fournisseur vous a donnée."),
            ),
            after=_(
                "Un nouveau certificat révoque le précédent. La page vous avertit 30 jours avant la fin."
            ),
        ),
    ),
)

OWN_DATA = Chapter(
    _("Données personnelles"),
    (
        Part(
            slug="mes-donnees",
            title=_("Modifier mes données personnelles"),
            screens=("own_data",),
            purpose=_("Tenir à jour vos adresses e-mail, votre langue et votre numéro de téléphone."),
            who=EVERYBODY,
            steps=(_("Modifiez ce qui a changé et enregistrez."),),
            after=_(
                "Pour une autre adresse ou un autre numéro, une identification récente vous est demandée. Une erreur dans le "
                "nom ou le NISS se corrige auprès de votre commune."
            ),
        ),
        Part(
            slug="mes-fonctions",
            title=_("Mes fonctions"),
            screens=("own_roles",),
            purpose=_("Lire les fonctions que vous avez dans chaque qualité, et qui les gère."),
            who=EVERYBODY,
            after=_("Une fonction vous manque ? Demandez-la à un gestionnaire de la qualité."),
        ),
        Part(
            slug="certificat-portail",
            title=_("Certificat à utiliser sur le portail"),
            screens=("own_certificate", "own_certificate_revoke"),
            purpose=_("Gérer votre propre certificat pour le portail de la Sécurité sociale."),
            who=EVERYBODY,
            steps=(
                _("Choisissez le fichier du certificat (X.509) et enregistrez-le ; « Révoquer » y met fin."),
            ),
            after=_("Un certificat révoqué n'est plus jamais accepté."),
        ),
        Part(
            slug="donnees-personnelles",
            title=_("Ce qui est gardé de vous"),
            screens=(),
            purpose=_(
                "De chaque utilisateur sont gardés son nom, son prénom, son NISS, son titre, sa langue et ses adresses e-mail, "
                "avec ses fonctions et ce que les gestionnaires y ont changé. Dans ce simulateur, les personnes et leurs "
                "données sont inventées."
            ),
            who=_("Les gestionnaires de la qualité et de l'entité les voient."),
        ),
    ),
)
