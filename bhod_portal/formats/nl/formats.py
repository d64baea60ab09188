"""Dutch: what Django asks by these names, and what templates ask beyond (`|date:"WEEKDAY_DATE_FORMAT"`)."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
FIRST_DAY_OF_WEEK = 1

SHORT_DATETIME_SECONDS_FORMAT = "d/m/Y H:i:s"
SHORT_MONTH_DAY_TIME_FORMAT = "d/m, H:i"
WEEKDAY_DATE_FORMAT = "l j F Y"
WEEKDAY_DATETIME_FORMAT = "l j F Y, H:i"
WEEKDAY_MONTH_DAY_FORMAT = "l j F"
WEEKDAY_SHORT_DATETIME_FORMAT = "l d/m/Y H:i"
WEEKDAY_DAY_TIME_FORMAT = "l j, H:i"
SHORT_WEEKDAY_DATETIME_FORMAT = "D d/m/Y H:i"
SHORT_WEEKDAY_DAY_FORMAT = "D j"
SHORT_WEEKDAY_DAY_TIME_FORMAT = "D j, H:i"

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3

# Amounts above nought, and below (without the sign); a share in hundred; a time that lasts.
AMOUNT_FORMAT = "€\xa0%s"
NEGATIVE_AMOUNT_FORMAT = "€\xa0-%s"
PERCENT_FORMAT = "%s%%"
HOURS_FORMAT = "%s\xa0u"
HOURS_MINUTES_FORMAT = "%s\xa0u\xa0%02d"
