"""Django in a process of the simulation."""

from __future__ import annotations

import os


def set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "mmc.settings"
    import django

    django.setup()
