"""The WSGI application."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mmc.base_path import below

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmc.settings")
application = below(settings.BASE_PATH, get_wsgi_application())

from classifier.accounts.first_run import setup_token_log  # noqa: E402  (needs the loaded applications)

setup_token_log()
