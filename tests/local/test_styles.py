import re

import pytest

from bhod_portal.local import styles


@pytest.fixture(scope="module")
def made():
    return styles.made()


def test_the_sheet_is_made_of_its_sources(made):
    assert styles.SHEET.read_text(encoding="utf-8") == made, "run « make styles »"


def test_the_sheet_fetches_no_other(made):
    assert "@import" not in made


class TestWhatIsLeftOut:
    def test_no_property_of_ours(self, made):
        ours = "".join(path.read_text(encoding="utf-8") for path in styles.SOURCE.parent.glob("*.css"))
        declared = set(re.findall(r"[{;]\s*([a-z-]+):\s", re.sub(r"/\*.*?\*/", "", ours, flags=re.DOTALL)))

        assert {"text-wrap", "min-height"} <= declared
        assert {name for name in declared if f"{name}:" not in made} == set()

    def test_classes_that_nobody_names(self, made):
        assert ".btn-primary" in made
        assert ".accordion" not in made
        assert ".col-xl-7" not in made

    def test_not_what_a_template_names_or_begins(self, monkeypatch, tmp_path):
        page = tmp_path / "page.html"
        page.write_text('<p class="accordion alert-{{ tone }}">')
        monkeypatch.setattr(styles, "PAGES", (page,))

        unused = styles.unused()

        assert not unused & {"accordion", "alert-danger"}
        assert unused >= {"accordion-item", "carousel"}

    def test_not_what_a_module_names(self):
        assert not styles.unused() & {"is-invalid", "form-check-input"}
