"""Who gets what: every page of ours × every kind of person, as design.md 4 says (tables of rights, levels of keys).

200  the page, or its form again with what is wrong        in   on to the identification page
403  refused, and the page says why                        lvl  on to the page that asks for a stronger key
404  not there, as far as this person may know             cho  on to the choice of a profile
405  not by this method                                    go   on to another page

The rows of BHOD stand in `matrix_of_bhod`.
"""

from tests.architecture import matrix_of_bhod

PERSONAS = {
    "anon": "nobody, not logged in",
    "far": "with every right, in another world",
    "yves": "no right anywhere; came to ProSanté as a citizen",
    "clai": "legal representative of an enterprise that is not registered yet",
    "luc": "GAP of Haute-Meuse",
    "brun": "co-GAP of Haute-Meuse",
    "sara": "GA of Haute-Meuse for another domain",
    "paul": "data protection officer of Haute-Meuse",
    "sofi": "local manager of the quality",
    "juli": "co-local manager of the quality",
    "nadi": "manager of the circle, who chose its profile",
    "marc": "administrative user of the circle, who chose its profile",
    "oliv": "another function of INAMI at the same circle, who chose its profile",
    "agnt": "an agent of INAMI, without NISS, by user name and password",
    "csam": "an agent of CSAM, likewise",
    "weak": "the GAP again, by user name and password",
    "ines": "manager of the subdivision to which the member in the addresses belongs",
    "brch": "manager of another subdivision of the quality",
    "ben": "local manager of another enterprise",
    "kari": "a care provider who has his own file open",
    "mich": "his mandatary of the administrative file, who has that file open",
}

TABLE = """
                                       anon far yves clai  luc brun sara paul  sofi juli nadi marc oliv  agnt csam weak  ines brch ben  kari mich

core:health                     GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
core:metrics                    GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
core:accessibility              GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
core:components                 GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_inactive                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_login                   GET     in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
account_login                   POST    in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
account_confirm_login_code      GET     in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
account_confirm_login_code      POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
mfa_authenticate                GET     in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
mfa_authenticate                POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go

training:portal_home            GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:shortcut_check         GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:why                    GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:why_member             GET     in  404  404  404  200  200  404  200  200  200  404  404  404  404  404  200  200  404  404  404  404
training:why_helpdesk           GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  403  404  404  404  404  404  404
training:why_helpdesk           POST    in  404  404  404  404  404  404  404  404  404  404  404  404  403  403  404  404  404  404  404  404
training:why_helpdesk_answer    GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  403  404  404  404  404  404  404
training:clock_advance          POST    go  403   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
training:world_reset            GET    200  403  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:world_reset            POST    go  403   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
training:device_list            GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:persona_detail         GET    200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:persona_fault          POST    go  404   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
training:mailbox                GET    200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:message                GET    200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:message_list           GET    200  403  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:phone                  GET    200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:phone                  POST   200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
training:itsme_answer           POST    go  404   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go

csam:landing                    GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:exceptional_procedure      GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:designation_request        GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:designation_request        POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:designation_request_documents GET  go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:designation_request_documents POST go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:designation_request_done   GET     go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:designation_follow_up      GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:designation_follow_up      POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:request_queue              GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  200  404  404  404  404  404  404
csam:request_detail             GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  200  404  404  404  404  404  404
csam:request_document           GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  200  404  404  404  404  404  404
csam:request_decide             GET     in  404  404  404  404  404  404  404  404  404  404  404  404  403  200  404  404  404  404  404  404
csam:request_decide             POST    in  404  404  404  404  404  404  404  404  404  404  404  404  403  200  404  404  404  404  404  404
csam:outside                    GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:bce_search                 GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:bce_enterprise             GET    200  404  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:identification             GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:eid_login                  GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:eid_login                  POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:itsme_login                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:itsme_login                POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:itsme_wait                 GET     go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:itsme_wait                 POST    go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:eidas_country              GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:eidas_country              POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:eidas_login                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:eidas_login                POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:password_login             GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:password_login             POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:email_login                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:email_login                POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:sms_login                  GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:sms_login                  POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:app_login                  GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:app_login                  POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:token_login                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:token_login                POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:level_too_weak             GET     in   go   go   go   go   go   go   go   go   go   go   go   go  200  200  200   go   go   go   go   go
csam:logout                     GET     go  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
csam:logout                     POST    go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:language_choose            POST    go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:whoami                     GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_change_password         GET     in  403  403  403  200  403  403  403  200  200  200  200  200  200  200  200  200  200  200  403  403
account_change_password         POST    in  403  403  403  200  403  403  403  200  200  200  200  200  200  200  200  200  200  200  403  403
account_set_password            GET     in  403  403  403   go  403  403  403   go   go   go   go   go   go   go   go   go   go   go  403  403
account_set_password            POST    in  403  403  403   go  403  403  403   go   go   go   go   go   go   go   go   go   go   go  403  403
account_reset_password          GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password          POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_done     GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key_done GET 200 200 200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
usersessions_list               GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
usersession_close               POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
usersession_close_others        POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
usersession_close_all           POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
csam:enterprise_register        GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
csam:enterprise_register        POST    in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
csam:gap_designate              GET     in  404  403  200  403  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_designate              POST    in  404  403  200  403  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_designate_check        GET     in  404  403   go  403  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_designate_check        POST    in  404  403   go  403  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_designate_done         GET     in  404  403   go  403  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:managed_enterprises        GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
csam:manager_list               GET     in  404  403  403  200  200  200  200  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_replace                GET     in  404  403  403  200  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_replace                POST    in  404  403  403  200  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_replace_check          GET     in  404  403  403   go  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:gap_replace_check          POST    in  404  403  403   go  403  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_name               GET     in  404  403  403  200  200  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_name               POST    in  404  403  403  200  200  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_name_check         GET     in  404  403  403   go   go  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_name_check         POST    in  404  403  403   go   go  403  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_name_done          GET     in  404  403  403  200  200  200  200  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_remove             GET     in  404  403  403  200  200  200  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:manager_remove             POST    in  404  403  403   go   go   go  403  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403
csam:designation_receipt        GET     in  404  403  403  200  200  200  200  403  403  403  403  403  lvl  lvl  lvl  403  403  403  403  403

mfa_index                       GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
csam:key_list                   GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
mfa_activate_totp               GET     in  200  200  200   go  200  200  200   go  200  200   go  200  lvl  lvl  lvl  200  200  200  200  200
mfa_activate_totp               POST    in  200  200  200   go  200  200  200   go  200  200   go  200  lvl  lvl  lvl  200  200  200  200  200
mfa_deactivate_totp             GET     in   go   go   go  200   go   go   go  200   go   go  200   go  lvl  lvl  lvl   go   go   go   go   go
mfa_deactivate_totp             POST    in   go   go   go   go   go   go   go   go   go   go   go   go  lvl  lvl  lvl   go   go   go   go   go
mfa_view_recovery_codes         GET     in  404  404  404  200  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  404  404
mfa_download_recovery_codes     GET     in  404  404  404  200  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  404  404
mfa_generate_recovery_codes     GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
mfa_generate_recovery_codes     POST    in   go   go   go   go   go   go   go   go   go   go   go   go  lvl  lvl  lvl   go   go   go   go   go
mfa_list_webauthn               GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
mfa_add_webauthn                GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
mfa_add_webauthn                POST    in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
mfa_edit_webauthn               GET     in  404  404  404  404  404  404  404  404  404  200  404  404  lvl  lvl  lvl  404  404  404  404  404
mfa_edit_webauthn               POST    in  404  404  404  404  404  404  404  404  404  200  404  404  lvl  lvl  lvl  404  404  404  404  404
mfa_remove_webauthn             GET     in  404  404  404  404  404  404  404  404  404  200  404  404  lvl  lvl  lvl  404  404  404  404  404
mfa_remove_webauthn             POST    in  404  404  404  404  404  404  404  404  404   go  404  404  lvl  lvl  lvl  404  404  404  404  404
account_reauthenticate          GET     in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
account_reauthenticate          POST    in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in   in
csam:passkey_login              GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
mfa_login_webauthn              GET     go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
mfa_login_webauthn              POST    go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go

access_mgmt:landing             GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:home                GET     in  200  200  200  200  200  200  200   go   go  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:contact             GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:contact             POST   200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:contact_done        GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:help                GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:responsibles        GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:quality_list        GET     in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:role_history_export GET     in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_activate    GET     in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_activate    POST    in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_activate_account GET  in 404 404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_activate_account POST in 404 404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_activate_check GET  in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_activate_check POST in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_activate_done GET   in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_deactivate  GET     in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_deactivate  POST    in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_detail      GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:quality_edit        GET     in  404  404  404  200  200  403  200  200  200  200  200  200  404  404  200  200  200  404  404  404
access_mgmt:quality_edit        POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:local_manager_name  GET     in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:local_manager_name  POST    in  404  404  404  200  200  403  200  403  403  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:local_manager_name_check GET  in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:local_manager_name_check POST in  404  404  404   go   go  403   go  403  403  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:successor_name      GET     in  404  404  404   go   go  403   go  200  200  403  403  403  404  404   go  200  200  404  404  404
access_mgmt:successor_name      POST    in  404  404  404   go   go  403   go  200  200  403  403  403  404  404   go  200  200  404  404  404
access_mgmt:successor_name_check GET    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:successor_name_check POST   in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:successor_done      GET     in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
access_mgmt:member_list         GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:member_list         POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_export       GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:member_delete       GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_delete       POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_identify     GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_identify     POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:member_create       GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_create       POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:member_import       GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:member_import       POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:member_import_template GET    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:member_import_check GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:member_import_check POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:member_import_errors GET    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:member_import_done  GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:role_overview       GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:propagation_queue   GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:who_had_access      GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:who_had_access      POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:access_watch        GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:review_list         GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:review_list         POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:review_detail       GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:review_decide       GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:review_decide       POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:review_close        GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:review_close        POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:review_export       GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:member_block        GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:member_block        POST    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:member_unblock      GET     in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:member_unblock      POST    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:member_new_password GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:member_new_password POST    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:member_edit         GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:member_edit         POST    in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:member_search       GET     in  200  403  403  200  200  403  200  200  200  403  403  403  403  403  200  200  200  200  403  403
access_mgmt:member_search       POST    in   go  403  403   go   go  403   go   go   go  403  403  403  403  403   go   go   go   go  403  403
access_mgmt:role_list           GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_list           POST    in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_email          GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_email          POST    in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_email_check    GET     in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:role_email_check    POST    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:role_history        GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_edit           GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_edit           POST    in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_delete         GET     in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:role_delete         POST    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:responsibility_list GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:responsibility_create GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:responsibility_create POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:responsibility_create_check GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:responsibility_create_check POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:responsibility_history GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:responsibility_end  GET     in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  200  404  404  404  404
access_mgmt:responsibility_end  POST    in  404  404  404   go   go  403   go   go   go  404  404  404  404  404   go   go  404  404  404  404
access_mgmt:responsibility_about GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:subdivision_list    GET    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:subdivision_list    POST   in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  200  200  404  404  404
access_mgmt:subdivision_place   GET    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:subdivision_place   POST   in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go   go   go  404  404  404
access_mgmt:subdivision_detail  GET    in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  200  404  404  404  404
access_mgmt:subdivision_detail  POST   in  404  404  404   go   go  403   go   go   go  404  404  404  404  404   go   go  404  404  404  404
access_mgmt:subdivision_add     GET    in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  200  404  404  404  404
access_mgmt:subdivision_add     POST   in  404  404  404   go   go  403   go   go   go  404  404  404  404  404   go   go  404  404  404  404
access_mgmt:subdivision_rename  GET    in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  200  404  404  404  404
access_mgmt:subdivision_rename  POST   in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  200  404  404  404  404
access_mgmt:subdivision_move    GET    in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  403  404  404  404  404
access_mgmt:subdivision_move    POST   in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  403  404  404  404  404
access_mgmt:subdivision_delete  GET    in  404  404  404  200  200  403  200  200  200  404  404  404  404  404  200  403  404  404  404  404
access_mgmt:subdivision_delete  POST   in  404  404  404   go   go  403   go   go   go  404  404  404  404  404   go  403  404  404  404  404
access_mgmt:subdivision_manager_name GET    in  404  404  404  200  200  403  200  200  200  403  404  404  404  404  200  200  404  404  404  404
access_mgmt:subdivision_manager_name POST   in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:subdivision_manager_end GET    in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:subdivision_manager_end POST   in  404  404  404   go   go  403   go   go   go  403  404  404  404  404   go   go  404  404  404  404
access_mgmt:messaging           GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:sender_number_register GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:sender_number_register POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:channel_activate    GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:channel_activate    POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:channel_activate_check GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:channel_activate_check POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:channel_remove      GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:channel_remove      POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_certificate GET     in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_certificate POST    in  404  404  404  200  200  403  200  200  200  403  403  403  404  404  200  403  403  404  404  404
access_mgmt:quality_certificate_revoke GET     in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:quality_certificate_revoke POST    in  404  404  404   go   go  403   go   go   go  403  403  403  404  404   go  403  403  404  404  404
access_mgmt:own_data            GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:own_data            POST    in  200  200  200  200  200  200  200  200  200  200  200  200  403  403  200  200  200  200  200  200
access_mgmt:own_roles           GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:own_certificate     GET     in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:own_certificate     POST    in  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
access_mgmt:own_certificate_revoke GET     in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go
access_mgmt:own_certificate_revoke POST    in   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go   go

prosante_login:landing          GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
prosante_login:help             GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
prosante_login:help_question    GET    200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
prosante_login:profile_choose   GET     in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
prosante_login:profile_choose   POST    in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
prosante_login:profile_select   GET     in   go   go  cho  cho  cho  cho  cho  cho  cho   go   go   go  lvl  lvl  lvl  cho  cho  cho   go   go
prosante_login:profile_select   POST    in   go   go  cho  cho  cho  cho  cho  cho  cho   go   go   go  lvl  lvl  lvl  cho  cho  cho   go   go
prosante_login:citizen_home     GET     in  cho  200  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  cho   go
prosante_login:organisation_closed GET  in   go  cho  cho  cho  cho  cho  cho  cho  cho   go   go  200  lvl  lvl  lvl  cho  cho  cho  cho  cho
prosante_login:file_home        GET     in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:address_list     GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:address_add      GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:address_add      POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:address_end      GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:address_end      POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:social_contract_list GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:social_contract_add GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:social_contract_add POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:social_contract_end GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:social_contract_end POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:financial_data   GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:account_add      GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:account_add      POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:account_add_check GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho   go   go
prosante_login:account_add_check POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho   go   go
prosante_login:account_withdraw GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:account_withdraw POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho   go   go
prosante_login:beneficiary_edit GET  in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:beneficiary_edit POST in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  200
prosante_login:acting_log       GET    in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:non_provider_file GET    in  cho  403  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  cho  cho
prosante_login:grantor_search   GET    in  200  200  cho  cho  cho  cho  cho  cho  cho  403  403  403  lvl  lvl  lvl  cho  cho  cho  cho  200
prosante_login:grantor_search   POST   in  200  200  cho  cho  cho  cho  cho  cho  cho  403  403  403  lvl  lvl  lvl  cho  cho  cho  cho  200
prosante_login:grantor_results  GET    in   go   go  cho  cho  cho  cho  cho  cho  cho  403  403  403  lvl  lvl  lvl  cho  cho  cho  cho   go
prosante_login:grantor_enter    POST   in  404  404  cho  cho  cho  cho  cho  cho  cho  403  403  403  lvl  lvl  lvl  cho  cho  cho  cho   go
prosante_login:grantor_leave    POST   in   go   go   go   go   go   go   go   go   go   go   go   go  lvl  lvl  lvl   go   go   go   go   go
prosante_login:mandate_list     GET    in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:mandate_give     GET    in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:mandate_give     POST   in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:mandate_give_check GET    in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho   go  403
prosante_login:mandate_give_check POST   in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho   go  403
prosante_login:mandate_give_done GET    in  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  cho  lvl  lvl  lvl  cho  cho  cho  200  403
prosante_login:received_mandates GET    in  200  200  200  200  200  200  200  200  200  200  200  200  lvl  lvl  lvl  200  200  200  200  200
prosante_login:mandate_detail   GET    in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  200  200
prosante_login:mandate_answer   GET    in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  403   go
prosante_login:mandate_answer   POST   in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  403   go
prosante_login:mandate_stop     GET    in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  200  200
prosante_login:mandate_stop     POST   in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404   go   go
prosante_login:mandate_transfer GET    in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  200  403
prosante_login:mandate_transfer POST   in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404  200  403
prosante_login:mandate_transfer_check GET    in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404   go   go
prosante_login:mandate_transfer_check POST   in  404  404  404  404  404  404  404  404  404  404  404  404  lvl  lvl  lvl  404  404  404   go   go
prosante_login:enterprise_mandates GET    in  404  404  404  200  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_list    GET    in  404  404  404  200  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_add     GET    in  404  404  404  200  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_add     POST   in  404  404  404  200  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_add_check GET    in  404  404  404   go  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_add_check POST   in  404  404  404   go  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_remove  GET    in  404  404  404  200  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
prosante_login:delegate_remove  POST   in  404  404  404   go  403  403  403  403  403  404  403  403  lvl  lvl  lvl  403  404  404  404  404
"""

Table = dict[tuple[str, str], dict[str, str]]


def read(table: str = TABLE + matrix_of_bhod.TABLE) -> Table:
    """(name of the URL, method) → persona → what he gets."""
    header, *body = (line.split() for line in table.splitlines() if line.strip())
    found: Table = {}
    for name, method, *cells in body:
        assert len(cells) == len(header), f"{name} {method}: {len(cells)} cells"
        assert (name, method) not in found, f"{name} {method} stands twice"
        found[name, method] = dict(zip(header, cells, strict=True))
    return found
