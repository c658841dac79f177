"""The site below a path of its host, such as https://example.org/moods/ (BASE_PATH)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def below(base_path: str, application: Application) -> Application:
    """The application for proxies that pass the whole path on, and for those that strip the base path.

    Django adds the base path to every address that it writes (FORCE_SCRIPT_NAME), and reads paths without it.
    """
    if not base_path:
        return application

    def stripped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == base_path or path.startswith(f"{base_path}/"):
            environ["PATH_INFO"] = path[len(base_path) :] or "/"
        return application(environ, start_response)

    return stripped
