"""What every page of ours has around what it is about: where am I, who am I, in which language, how do I leave."""

import re

CRUMBS = re.compile(r'<nav class="breadcrumbs".*?</nav>', re.DOTALL)
# The homes of the portals: no page stands above them.
HOMES = {
    "training:portal_home",
    "csam:landing",
    "access_mgmt:landing",
    "prosante_login:landing",
    "bhod:home",
    "bhod:agent_home",
}
ONCE = {
    "title": "<title>",
    "heading": "<h1",
    "chain": '<nav class="chain"',
    "choice of languages": '<form class="languages"',
    "main part": "<main ",
}


def crumbs_of(html: str) -> list[str]:
    """The addresses of the breadcrumbs, from the home of the portal down."""
    found = CRUMBS.search(html)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


def lost(html: str, *, home: bool, logged_in: bool) -> list[str]:
    """What the page lacks, or has twice, of all that says where one is; `home`: it is the home of a portal."""
    found = [f"{html.count(mark)} times the {name}" for name, mark in ONCE.items() if html.count(mark) != 1]
    if bool(crumbs_of(html)) is home:
        found.append("breadcrumbs on a home" if home else "no breadcrumbs")
    # The simulator's own pages, refusals among them, stand at no step.
    if '<body data-portal="formation"' not in html and 'aria-current="step"' not in html:
        found.append("no step")
    marked = CRUMBS.search(html)
    if marked and marked[0].count('aria-current="page"') != 1:
        found.append("no page marked in the breadcrumbs")
    if logged_in and 'href="/csam/qui-suis-je/"' not in html:
        found.append("nobody")
    if logged_in and 'href="/csam/quitter/"' not in html:
        found.append("no way out")
    return found
