from django.urls import path

from training.views import clock, devices, messages, personas, portal, shortcut, why

_PERSON = "formation/personnes/<uuid:public_id>/"

app_name = "training"
urlpatterns = [
    path("", portal.PortalHomeView.as_view(), name="portal_home"),
    path("formation/raccourci/", shortcut.ShortcutCheckView.as_view(), name="shortcut_check"),
    path("formation/pourquoi/", why.WhyView.as_view(), name="why"),
    path("formation/pourquoi/membre/<int:member_pk>/", why.WhyMemberView.as_view(), name="why_member"),
    path("formation/pourquoi/centre-de-contact/", why.WhyHelpdeskView.as_view(), name="why_helpdesk"),
    path(
        "formation/pourquoi/centre-de-contact/<uuid:search>/",
        why.WhyHelpdeskAnswerView.as_view(),
        name="why_helpdesk_answer",
    ),
    path("formation/horloge/avancer/", clock.ClockAdvanceView.as_view(), name="clock_advance"),
    path("formation/monde/recommencer/", clock.WorldResetView.as_view(), name="world_reset"),
    path("formation/appareils/", devices.DeviceListView.as_view(), name="device_list"),
    path("formation/messages/", messages.MessageListView.as_view(), name="message_list"),
    path("formation/messages/<int:message_pk>/", messages.MessageView.as_view(), name="message"),
    path(_PERSON, personas.PersonaDetailView.as_view(), name="persona_detail"),
    path(f"{_PERSON}etat/", personas.PersonaFaultView.as_view(), name="persona_fault"),
    path(f"{_PERSON}boite/", devices.MailboxView.as_view(), name="mailbox"),
    path(f"{_PERSON}telephone/", devices.PhoneView.as_view(), name="phone"),
    path(
        f"{_PERSON}telephone/itsme/<int:request_pk>/", devices.ItsmeAnswerView.as_view(), name="itsme_answer"
    ),
]
