"""Static files: those of this version are cached without a limit, those of other versions are served if they exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from mmc.static_files import LENGTH

# The address of a file without the fingerprint of a version, and with it.
ADDRESS = re.compile(rf"^(?P<prefix>.*/static/)(?:[0-9a-f]{{{LENGTH}}}/)?(?P<name>.+)$")


class StaticFiles(WhiteNoiseMiddleware):
    """While hosts change to another version, a page of the one asks the other for its files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)

    def __call__(self, request: HttpRequest) -> Any:
        if self.autorefresh or request.path_info in self.files or (match := ADDRESS.match(request.path_info)) is None:
            return super().__call__(request)
        static_file = self.files.get(f"{match['prefix']}{settings.STATIC_FINGERPRINT}/{match['name']}")
        if static_file is None:
            return self.get_response(request)
        response = self.serve(static_file, request)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Not with DEBUG, where files change while their address stays."""
        return not self.autorefresh
