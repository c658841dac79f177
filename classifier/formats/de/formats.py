"""German formats. Numbers in attributes, styles and scripts are rendered by the same template language as text, so that
the decimal separator stays the point that they need. `classifier.charts.number_text` writes decimals for people."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3

# Browsers fill in date fields only in the first of these, whatever they show.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"]
TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M"]
