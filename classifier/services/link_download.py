"""Downloads an audio file from a link that a user gave: type, size and time are checked, and every address."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from urllib.parse import unquote, urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext, gettext_noop
from urllib3.exceptions import HTTPError

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.localized import grouped
from classifier.models import Person
from classifier.outgoing.addresses import address_allowed, allowed_for
from classifier.outgoing.session import OutgoingSession
from classifier.uploads.disk_reserve import require_room, room_for
from classifier.uploads.file_names import display_name
from classifier.uploads.limits import MEGABYTE, file_too_large, max_upload_bytes

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 20.0
TIME_LIMIT_S = 300.0
"""For the whole file."""
BLOCK_BYTES = 256 * 1024
MAX_LINK = 2000
WEB_PAGES = ("text/html", "application/xhtml+xml")
FILE_NAME = re.compile(r"filename\*=(?:UTF-8|utf-8)''([^;]+)|filename=\"([^\"]+)\"|filename=([^;\"]+)")
STATUS_ERRORS = {
    401: (
        "link_refused",
        gettext_noop("The server of the link asks for a login: download the file yourself and upload it."),
    ),
    403: (
        "link_refused",
        gettext_noop("The server of the link does not give access: download the file yourself and upload it."),
    ),
    404: ("link_missing", gettext_noop("The server of the link has no such file: correct the link.")),
    410: ("link_missing", gettext_noop("The server of the link has the file no more: correct the link.")),
}


@dataclass(frozen=True)
class DownloadedFile:
    path: Path
    name: str
    sha256: str
    size_bytes: int


def link_download(*, owner: Person, link: str, folder: Path, time_limit_s: float = TIME_LIMIT_S) -> DownloadedFile:
    """Download into the folder. Raises ProductError and MoodError (`link_not_allowed`, `not_audio`)."""
    link = link.strip()
    if len(link) > MAX_LINK:
        raise ProductError(
            "link_not_allowed",
            gettext("The link is longer than %(most)s characters: use a shorter one.") % {"most": grouped(MAX_LINK)},
        )
    ml_gateway.check_link(link)
    private_allowed = allowed_for(settings.LINK_PRIVATE_NETWORKS, owner)
    with OutgoingSession(partial(_require_allowed, private_allowed)) as session:
        session.headers.update({"Accept": "audio/*, */*;q=0.5", "Accept-Encoding": "identity"})
        try:
            with session.ended_after(time_limit_s):
                return _download(session, link, folder / "download")
        except (requests.RequestException, HTTPError, UnicodeError, ValueError) as error:
            raise _as_product_error(error, link, session.is_late, time_limit_s) from None
        except _IsPage as page:
            target = page.link
    return _by_yt_dlp(target, folder, time_limit_s)


class _IsPage(Exception):
    def __init__(self, link: str) -> None:
        self.link = link


def _download(session: OutgoingSession, link: str, path: Path) -> DownloadedFile:
    url = link
    for _ in range(ml_gateway.MAX_REDIRECTS + 1):
        with session.get(
            url, stream=True, allow_redirects=False, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        ) as response:
            if response.is_redirect:
                url = urljoin(url, response.headers["Location"])
                ml_gateway.check_link(url)  # where it connects to is checked as the first one was
                continue
            _require_file(response)
            return _receive(session, response, path)
    raise _failed(gettext("%(host)s redirects in a circle: use the final link.") % {"host": _host(link)})


def _require_file(response: requests.Response) -> None:
    status = response.status_code
    if status in STATUS_ERRORS:
        code, sentence = STATUS_ERRORS[status]
        raise ProductError(code, gettext(sentence), HTTPStatus.BAD_GATEWAY)
    if status != HTTPStatus.OK:
        raise _failed(
            gettext("%(host)s answers %(status)s: try again later.")
            % {"host": _host(str(response.url)), "status": status}
        )
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type in WEB_PAGES:
        raise _IsPage(str(response.url))
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit():
        if int(length) > max_upload_bytes():
            raise file_too_large()
        require_room(int(length))


def _receive(session: OutgoingSession, response: requests.Response, path: Path) -> DownloadedFile:
    digest, size_bytes, head = hashlib.sha256(), 0, b""
    expected = response.headers.get("Content-Length", "")
    with path.open("wb", buffering=0) as file:
        while block := response.raw.read1(BLOCK_BYTES, decode_content=True):
            if len(head) < ml_gateway.HEAD_BYTES:
                head += block
                if len(head) >= ml_gateway.HEAD_BYTES:
                    ml_gateway.recognise(head[: ml_gateway.HEAD_BYTES])
            size_bytes += len(block)
            if size_bytes > max_upload_bytes():
                raise file_too_large()
            with room_for(len(block)):
                file.write(block)
            digest.update(block)
    is_whole = not expected.isdigit() or bool(response.headers.get("Content-Encoding")) or size_bytes == int(expected)
    if session.is_late or not is_whole:
        raise ProductError(
            "link_broken_off",
            gettext("%(host)s broke off after %(size)s MB: try again.")
            % {"host": _host(str(response.url)), "size": grouped(size_bytes / MEGABYTE, 1)},
            HTTPStatus.BAD_GATEWAY,
        )
    ml_gateway.recognise(head[: ml_gateway.HEAD_BYTES])
    return DownloadedFile(path, _name(response), digest.hexdigest(), size_bytes)


def _name(response: requests.Response) -> str:
    """As the server names the file, else the end of the link."""
    match = FILE_NAME.search(response.headers.get("Content-Disposition", ""))
    if match:
        return display_name(unquote(match[1]) if match[1] else (match[2] or match[3]).strip())
    return display_name(unquote(urlsplit(str(response.url)).path.rpartition("/")[2]))


def _by_yt_dlp(link: str, folder: Path, time_limit_s: float) -> DownloadedFile:
    """A page that is no audio file, by the program that the owner of the installation has set up."""
    if not settings.YT_DLP:
        raise ProductError(
            "link_not_audio",
            gettext(
                "%(host)s has a web page at this link, and no audio file: use the link of the file itself. "
                "(Pages need yt-dlp, which the owner of this server has not set up.)"
            )
            % {"host": _host(link)},
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    command = [
        *(settings.YT_DLP, "--ignore-config", "--no-playlist", "--no-cache-dir", "--no-progress", "--quiet"),
        *("--format", "bestaudio/best", "--max-filesize", str(max_upload_bytes()), "--socket-timeout", "15"),
        *("--restrict-filenames", "--paths", str(folder), "--output", "%(title).120B.%(ext)s", "--", link),
    ]
    started = monotonic()
    program = partial(subprocess.run, capture_output=True, timeout=time_limit_s, check=False, cwd=folder)
    try:
        done = program(command, env={"PATH": os.environ["PATH"]})
    except subprocess.TimeoutExpired:
        raise _too_slow(link, monotonic() - started) from None
    except OSError as error:
        raise ProductError(
            "link_not_audio",
            gettext("The program of YT_DLP cannot be started (%(reason)s).") % {"reason": error.strerror},
            HTTPStatus.BAD_GATEWAY,
        ) from None
    files = [path for path in folder.iterdir() if path.is_file() and path.suffix != ".part"]
    if done.returncode or len(files) != 1:
        raise ProductError(
            "link_not_audio",
            gettext("yt-dlp found no audio at %(host)s: use the link of a file, or try again later.")
            % {"host": _host(link)},
            HTTPStatus.BAD_GATEWAY,
        )
    [path] = files
    if path.stat().st_size > max_upload_bytes():
        raise file_too_large()
    with path.open("rb") as file:
        ml_gateway.recognise(ml_gateway.read_head(file))
        file.seek(0)
        sha256 = hashlib.file_digest(file, hashlib.sha256).hexdigest()
    return DownloadedFile(path, display_name(path.name), sha256, path.stat().st_size)


def _require_allowed(private_allowed: bool, host: str, address: str) -> None:
    if not address_allowed(address, private_allowed=private_allowed):
        raise ProductError(
            "link_address_private",
            gettext(
                "%(host)s is at %(address)s, an address in the server’s own network, where links may not lead: "
                "upload the file, or ask the owner about the setting LINK_PRIVATE_NETWORKS."
            )
            % {"host": host, "address": address},
            HTTPStatus.FORBIDDEN,
        )


def _as_product_error(error: Exception, link: str, is_late: bool, time_limit_s: float) -> ProductError:
    host = _host(link)
    if is_late or isinstance(error, requests.Timeout | TimeoutError):
        return _too_slow(link, time_limit_s)
    if isinstance(error, requests.exceptions.SSLError):
        sentence = gettext(
            "%(host)s has no certificate that is valid for this address: download the file yourself."
        ) % {"host": host}
    elif isinstance(error, requests.ConnectionError | HTTPError):
        sentence = gettext("%(host)s cannot be reached, or broke off the connection: try again later.") % {"host": host}
    else:
        sentence = gettext("%(host)s gave an answer that is no valid HTTP: correct the link.") % {"host": host}
    return _failed(sentence)


def _failed(sentence: str) -> ProductError:
    return ProductError("link_failed", sentence, HTTPStatus.BAD_GATEWAY)


def _too_slow(link: str, seconds: float) -> ProductError:
    sentence = gettext("%(host)s was too slow: the file was not here after %(seconds)s s.") % {
        "host": _host(link),
        "seconds": f"{seconds:.0f}",
    }
    return ProductError("link_too_slow", sentence, HTTPStatus.BAD_GATEWAY)


def _host(link: str) -> str:
    return urlsplit(link).hostname or gettext("The server")
