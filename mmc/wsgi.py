"""The WSGI application."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mmc.base_path import below

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
application = below(settings.BASE_PATH, get_wsgi_application())

from django.conf import settings  # noqa: E402  (needs the settings)

from classifier.accounts.first_run import setup_token_log  # noqa: E402  (needs the loaded applications)
from mmc.database import hold_open  # noqa: E402

setup_token_log()
database = hold_open(settings.DATABASES["default"])
