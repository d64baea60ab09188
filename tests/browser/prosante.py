"""ProSanté as one walks through it from a question of its help: by clicks, without JavaScript."""

from django.utils.translation import override

from prosante_login.views.questions.answers import QUESTIONS

AS_WHAT = "Je souhaite me connecter en tant que:"
WITHIN = "Au sein de l'organisation:"
_TITLES = {question.slug: question.title for question in QUESTIONS}


def ask(browser, slug):
    """Open the question's page from the list of questions; gives its words."""
    with override("fr"):
        title = str(_TITLES[slug])
    browser.page.goto(f"{browser.address}/prosante/aide/")
    browser.follow(title)
    browser.is_headed(title)


def log_in(browser, name):
    """From a question to the choice of the profile, with an eID card."""
    browser.follow("Se connecter : choisir son profil")
    browser.identify(name)
    browser.is_headed("Se connecter pour Portail ProSanté")


def confirm(browser, kind="Citoyen", organisation=None):
    browser.choose(AS_WHAT, kind)
    if organisation:
        browser.choose(WITHIN, organisation)
    browser.press("Confirmer le profil")


def open_file_of_karim(browser, criterion, text):
    """« Chercher mandant » by one criterion, and into the file that is found."""
    browser.is_headed("Chercher mandant")
    browser.page.get_by_label(criterion, exact=True).fill(text)
    browser.press("Rechercher")
    browser.page.get_by_role("button", name="Ouvrir le dossier : Karim Haddad").click()
    browser.is_headed("Dossier de Karim Haddad")


def banner(browser):
    """What says on whose behalf one acts."""
    return browser.page.get_by_role("region", name="Vous agissez par mandat")


def menu_of_file(browser):
    return browser.page.get_by_role("navigation", name="Dossier")
