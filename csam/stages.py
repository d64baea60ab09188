from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage
from django.http import HttpResponse
from django.shortcuts import redirect

from csam import security
from csam.enums import DigitalKey


class SecurityCodeStage(LoginByCodeStage):
    """After user name and password: a code to the person's e-mail address or phone, as the key chosen says.

    Someone without that address goes on with what he has proved: the level of his password.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        by_sms = security.chosen_key(self.request) == DigitalKey.SMS
        where = {"phone": person.phone} if by_sms else {"email": person.email}
        if not any(where.values()):
            return None, True
        if not self.state:
            LoginCodeVerificationProcess.initiate(request=self.request, user=person, stage=self, **where)
        return redirect("account_confirm_login_code"), True
