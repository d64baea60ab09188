import pytest
from django.utils.safestring import SafeString

from bhod_portal.core.templatetags.portal import unbroken

WHOLE = '<span class="text-nowrap">{}</span>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Un e-mail lui a été envoyé.", f"Un {WHOLE.format('e-mail')} lui a été envoyé."),
        ("Vérifiez l'e-mail", f"Vérifiez l&#x27;{WHOLE.format('e-mail')}"),
        ("Die E-Mail-Adresse", f"Die {WHOLE.format('E-Mail')}-Adresse"),
        ("Demande PE-3U87WR9VDC", f"Demande {WHOLE.format('PE-3U87WR9VDC')}"),
        ("Format date: (jj-mm-aaaa)", f"Format date: ({WHOLE.format('jj-mm-aaaa')})"),
        ("<b> & e-Box", f"&lt;b&gt; &amp; {WHOLE.format('e-Box')}"),
        ("Gestionnaire-contact, marie-e-claire@x.invalid", "Gestionnaire-contact, marie-e-claire@x.invalid"),
    ],
)
def test_a_line_never_ends_inside_e_mail(text, shown):
    assert unbroken(text) == shown


def test_addresses_inside_of_tags_stay():
    link = SafeString('<a href="/e-box/" title="e-Box">boîte</a>')
    assert unbroken(link) == link
