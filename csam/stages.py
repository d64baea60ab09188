from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import stash_login
from allauth.account.stages import LoginByCodeStage
from django.http import HttpResponse
from django.shortcuts import redirect

from csam import security
from csam.enums import DigitalKey


class SecurityCodeStage(LoginByCodeStage):
    """After user name and password: a code to the person's e-mail address or phone, as the key chosen says.

    Someone without that address goes on with what he has proved: the level of his password. So does who left that
    login for a key of another kind, to which no code belongs.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        by_sms = security.chosen_key(self.request) == DigitalKey.SMS
        where = {"phone": person.phone} if by_sms else {"email": person.email}
        if not any(where.values()) or not self._follows_the_password():
            return None, True
        # The adapter reads from it whom the code is for.
        stash_login(self.request, self.login)
        LoginCodeVerificationProcess.initiate(request=self.request, user=person, stage=self, **where)
        return redirect("account_confirm_login_code"), True

    def _follows_the_password(self) -> bool:
        records = get_authentication_records(self.request, self.login.user)
        return bool(records) and records[-1]["method"] == "password"
