from django.urls import path

from access_mgmt.views import (
    access_watch,
    activations,
    certificates,
    contact,
    deactivations,
    home,
    manual,
    member_removals,
    members,
    messaging,
    qualities,
    responsibles,
    role_emails,
    role_history,
    role_overview,
    roles,
)

app_name = "access_mgmt"
urlpatterns = [
    path("", home.LandingView.as_view(), name="landing"),
    path("accueil/", home.HomeView.as_view(), name="home"),
    path("contact/", contact.ContactView.as_view(), name="contact"),
    path("contact/envoye/", contact.ContactDoneView.as_view(), name="contact_done"),
    path("aide/", manual.HelpView.as_view(), name="help"),
    path("responsables/", responsibles.ResponsiblesView.as_view(), name="responsibles"),
    path("entites/<bce_number:bce>/", qualities.QualityListView.as_view(), name="quality_list"),
    path(
        "entites/<bce_number:bce>/activer/<slug:kind>/",
        activations.QualityActivateView.as_view(),
        name="quality_activate",
    ),
    path(
        "entites/<bce_number:bce>/activer/<slug:kind>/compte/",
        activations.QualityActivateAccountView.as_view(),
        name="quality_activate_account",
    ),
    path(
        "entites/<bce_number:bce>/activer/<slug:kind>/verification/",
        activations.QualityActivateCheckView.as_view(),
        name="quality_activate_check",
    ),
    path(
        "entites/<bce_number:bce>/activer/<slug:kind>/confirmation/",
        activations.QualityActivateDoneView.as_view(),
        name="quality_activate_done",
    ),
    path(
        "entites/<bce_number:bce>/qualites/<int:quality_pk>/desactiver/",
        deactivations.QualityDeactivateView.as_view(),
        name="quality_deactivate",
    ),
    path("qualites/<int:quality_pk>/", qualities.QualityDetailView.as_view(), name="quality_detail"),
    path("qualites/<int:quality_pk>/donnees/", qualities.QualityEditView.as_view(), name="quality_edit"),
    path("qualites/<int:quality_pk>/utilisateurs/", members.MemberListView.as_view(), name="member_list"),
    path(
        "qualites/<int:quality_pk>/utilisateurs/export.csv",
        members.MemberExportView.as_view(),
        name="member_export",
    ),
    path(
        "qualites/<int:quality_pk>/utilisateurs/supprimer/",
        member_removals.MemberDeleteView.as_view(),
        name="member_delete",
    ),
    path(
        "qualites/<int:quality_pk>/utilisateurs/identifier/",
        members.MemberIdentifyView.as_view(),
        name="member_identify",
    ),
    path(
        "qualites/<int:quality_pk>/utilisateurs/nouveau/<slug:kind>/",
        members.MemberCreateView.as_view(),
        name="member_create",
    ),
    path(
        "qualites/<int:quality_pk>/fonctions/", role_overview.RoleOverviewView.as_view(), name="role_overview"
    ),
    path(
        "qualites/<int:quality_pk>/echeances/", access_watch.AccessWatchView.as_view(), name="access_watch"
    ),
    path("utilisateurs/<int:member_pk>/fonctions/", roles.RoleListView.as_view(), name="role_list"),
    path(
        "utilisateurs/<int:member_pk>/fonctions/e-mail/",
        role_emails.RoleEmailView.as_view(),
        name="role_email",
    ),
    path(
        "utilisateurs/<int:member_pk>/fonctions/e-mail/verification/",
        role_emails.RoleEmailCheckView.as_view(),
        name="role_email_check",
    ),
    path(
        "utilisateurs/<int:member_pk>/fonctions/historique/",
        role_history.RoleHistoryView.as_view(),
        name="role_history",
    ),
    path("fonctions/<int:assignment_pk>/modifier/", roles.RoleEditView.as_view(), name="role_edit"),
    path("fonctions/<int:assignment_pk>/supprimer/", roles.RoleDeleteView.as_view(), name="role_delete"),
    path("qualites/<int:quality_pk>/messages/", messaging.MessagingView.as_view(), name="messaging"),
    path(
        "qualites/<int:quality_pk>/messages/numero-expediteur/",
        messaging.SenderNumberRegisterView.as_view(),
        name="sender_number_register",
    ),
    path(
        "qualites/<int:quality_pk>/messages/activer-canal/",
        messaging.ChannelActivateView.as_view(),
        name="channel_activate",
    ),
    path(
        "qualites/<int:quality_pk>/messages/activer-canal/verification/",
        messaging.ChannelActivateCheckView.as_view(),
        name="channel_activate_check",
    ),
    path("canaux/<int:channel_pk>/supprimer/", messaging.ChannelRemoveView.as_view(), name="channel_remove"),
    path(
        "qualites/<int:quality_pk>/messages/certificat/",
        certificates.QualityCertificateView.as_view(),
        name="quality_certificate",
    ),
    path(
        "qualites/<int:quality_pk>/messages/certificat/revoquer/",
        certificates.QualityCertificateRevokeView.as_view(),
        name="quality_certificate_revoke",
    ),
    path("mes-donnees/certificat/", certificates.OwnCertificateView.as_view(), name="own_certificate"),
    path(
        "mes-donnees/certificat/revoquer/",
        certificates.OwnCertificateRevokeView.as_view(),
        name="own_certificate_revoke",
    ),
]
