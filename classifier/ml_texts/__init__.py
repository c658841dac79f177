"""Texts of `ml` that pages show, for the catalogue: `ml` knows nothing of Django and says them in English.

Pages translate them with `gettext`, or with `in_page_language` where they have values in them.
"""
