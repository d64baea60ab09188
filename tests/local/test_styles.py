from bhod_portal.local import styles


def test_the_sheet_is_made_of_its_sources():
    assert styles.SHEET.read_text(encoding="utf-8") == styles.made(), "run « make styles »"


def test_the_sheet_fetches_no_other():
    assert "@import" not in styles.made()
