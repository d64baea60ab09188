"""« Gestion des accès » as who manages CMG Haute-Meuse goes about it: by clicks, from the portal's home."""


def come_in(browser, name):
    """With an eID card; who has but one place lands on the home of its quality."""
    browser.home()
    browser.follow("Sécurité sociale")
    browser.follow("Se connecter via CSAM")
    browser.identify(name)


def open_member(browser, last_name):
    """The file of somebody of the users list."""
    browser.follow("Utilisateurs - Subdivisions")
    browser.is_headed("Utilisateurs")
    browser.page.get_by_role("table").get_by_role("link", name=last_name, exact=True).click()
    browser.is_headed("Données d'un utilisateur")


def open_functions(browser, last_name):
    browser.follow("Fonctions et hiérarchie de responsabilité")
    browser.follow(last_name)
    browser.is_headed("Fonctions exercées")


def open_mail(browser, name, subject):
    """An e-mail in the simulated mailbox of somebody, which the demo world leaves open to all."""
    browser.home()
    browser.follow("Téléphones et boîtes aux lettres")
    browser.page.get_by_role("row", name=name).get_by_role("link", name="Boîte aux lettres").click()
    browser.is_headed(f"Boîte aux lettres de {name}")
    browser.follow(subject)
    browser.is_headed(subject)
