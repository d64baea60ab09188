from django import forms

from access_mgmt.services.usernames import username_format


class UsernameField(forms.CharField):
    default_validators = [username_format]
    widget = forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "size": 30}
    )
