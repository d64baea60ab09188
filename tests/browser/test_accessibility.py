"""Every screen of every portal, and every form that came back with errors: nobody is kept out of it."""

import pytest
from django.http import HttpResponse

from tests.architecture.screens import Screen, is_page, screens
from tests.browser import axe
from tests.unmeasured import unmeasured

WIDE = {"width": 1280, "height": 900}
# A window of 1280 px at 400 %.
NARROW = {"width": 320, "height": 640}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def by_day(browser):
    with axe.inspection(browser, viewport=WIDE, color_scheme="light") as found:
        yield found


@pytest.fixture(scope="module")
def by_night(browser):
    with axe.inspection(browser, viewport=NARROW, color_scheme="dark") as found:
        yield found


@pytest.fixture(scope="module")
def look(by_day, by_night):
    """What is wrong with a page: light and wide by all rules, dark and narrow by those of colours and of width."""
    known = set()

    def faults_of(answer: HttpResponse, surroundings: object) -> list[str]:
        new = surroundings not in known
        known.add(surroundings)
        html = answer.content.decode()
        by_night.put(html)
        width, language = by_night.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.lang]"
        )
        by_night.shorten()
        dark = by_night.faults(axe.COLOURS, with_surroundings=new)
        by_day.put(html)
        by_day.shorten()
        found = by_day.faults(with_surroundings=new) + [f"dark and narrow: {fault}" for fault in dark]
        if width > NARROW["width"]:
            found.append(f"{width} px wide in a window of {NARROW['width']} px")
        if language != answer["Content-Language"]:
            found.append(f"says that it is in {language}, is in {answer['Content-Language']}")
        return found

    return faults_of


@pytest.mark.parametrize("screen", screens(), ids=lambda screen: f"{screen.portal}/{screen.slug}")
def test_nobody_is_kept_out(look, clients, sample, screen):
    _, answer = unmeasured(lambda: screen.ask(clients, sample))
    if is_page(answer):
        found = look(answer, (screen.portal, screen.persona))
        assert not found, "\n".join(found)


class TestTheGuard:
    """Planted mistakes are caught, on a page that has none."""

    PAGE = Screen("csam:landing", "GET", "anon")

    @pytest.mark.parametrize(
        ("planted", "said"),
        [
            ('<img src="/static/img/icon.svg">', "image-alt"),
            ('<input type="text">', "label"),
            ('<button aria-label="Fermer">Envoyer</button>', "label-content-name-mismatch"),
            ("<h1>Encore un titre</h1><h4>Et un plus petit</h4>", "heading-order"),
            ('<font color="#cccccc">à peine lisible</font>', "color-contrast"),
            ('<font color="#333333">à peine lisible la nuit</font>', "dark and narrow: color-contrast"),
            ('<img src="/static/img/icon.svg" alt="Icône" width="500" height="20">', "px wide"),
        ],
    )
    def test_a_page_that_keeps_people_out(self, look, clients, sample, planted, said):
        _, answer = self.PAGE.ask(clients, sample)
        answer.content = answer.content.replace(b"</main>", planted.encode() + b"</main>")

        assert said in " ".join(look(answer, planted))

    def test_a_header_that_keeps_people_out(self, look, clients, sample):
        """Looked at once in a portal, by each person."""
        _, answer = self.PAGE.ask(clients, sample)
        answer.content = answer.content.replace(b"</header>", b"<img></header>")

        assert "image-alt" in " ".join(look(answer, "header"))
        assert look(answer, "header") == []

    def test_a_page_in_another_language_than_it_says(self, look, clients, sample):
        _, answer = self.PAGE.ask(clients, sample)
        answer["Content-Language"] = "nl"

        assert look(answer, "language") == ["says that it is in fr, is in nl"]
