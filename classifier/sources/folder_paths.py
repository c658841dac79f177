"""Paths of folders and their files: which may be read, and how they are stored.

Names of files are bytes, and not all of them are UTF-8. A key is a path relative to the folder of the source, as text
that gives back exactly these bytes: a byte that is not UTF-8 is written as `\\xff`, and a backslash as `\\\\`.
"""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.uploads.file_names import display_name

ESCAPE = re.compile(r"\\(\\|x[0-9a-f]{2})")


def key_of(relative: bytes) -> str:
    text = relative.decode("utf-8", "surrogateescape").replace("\\", "\\\\")
    return "".join(f"\\x{ord(sign) - 0xDC00:02x}" if "\udc80" <= sign <= "\udcff" else sign for sign in text)


def relative_path(key: str) -> bytes:
    """The path that `key_of` made this key of."""
    text = ESCAPE.sub(lambda match: "\\" if match[1] == "\\" else chr(0xDC00 + int(match[1][1:], 16)), key)
    return text.encode("utf-8", "surrogateescape")


def shown_path(relative: bytes) -> str:
    """To show and to search: with a replacement character for what is not UTF-8."""
    return relative.decode("utf-8", "replace")


def shown_name(relative: bytes) -> str:
    """The name of the file, as songs have it that were uploaded."""
    return display_name(shown_path(relative).rpartition("/")[2])


def music_dirs() -> list[bytes]:
    """The folders of MUSIC_DIRS that exist, with links resolved."""
    return [os.fsencode(os.path.realpath(folder)) for folder in settings.MUSIC_DIRS if os.path.isdir(folder)]


def is_inside(resolved: bytes, folders: list[bytes]) -> bool:
    """Whether a resolved path is one of these folders or below it."""
    return any(resolved == folder or resolved.startswith(folder.rstrip(b"/") + b"/") for folder in folders)


def folder_check(text: str) -> str:
    """The address of a source for the folder that somebody names. Raises ProductError if it may not be one."""
    text = text.strip()
    if not settings.MUSIC_DIRS:
        raise ProductError(
            "folders_off",
            gettext("This server has no folders of music: its owner names them in the setting MUSIC_DIRS."),
            HTTPStatus.FORBIDDEN,
        )
    if not text.startswith("/") or "\0" in text:
        raise ProductError(
            "folder_malformed",
            gettext("The folder is “%(folder)s”, but must be an absolute path such as %(example)s.")
            % {"folder": text[:200], "example": settings.MUSIC_DIRS[0]},
        )
    # First whether it may be read at all: of other folders, nobody learns whether they exist.
    resolved = os.path.realpath(text)
    if not is_inside(os.fsencode(resolved), music_dirs()):
        raise ProductError(
            "folder_outside",
            gettext(
                "The folder %(folder)s is not in one of the folders of music of this server (%(roots)s): choose "
                "one of them or a folder in it."
            )
            % {"folder": text[:200], "roots": ", ".join(map(str, settings.MUSIC_DIRS))},
            HTTPStatus.FORBIDDEN,
        )
    if not os.path.isdir(resolved):
        raise ProductError(
            "folder_missing", gettext("There is no folder %(folder)s: check its name.") % {"folder": text[:200]}
        )
    try:
        os.listdir(resolved)
    except OSError as error:
        raise ProductError(
            "folder_unreadable",
            gettext("The folder %(folder)s cannot be read (%(reason)s): let the user that runs the server read it.")
            % {"folder": text[:200], "reason": error.strerror},
        ) from error
    return os.path.normpath(text)


def root_of(address: str) -> bytes:
    """The folder of a source, with links resolved. Raises ProductError (source_unavailable) if it is not there now."""
    resolved = os.path.realpath(os.fsencode(address))
    if not is_inside(resolved, music_dirs()):
        raise unavailable(
            gettext(
                "The folder %(folder)s is not there, or is not in MUSIC_DIRS any more: mount it, or correct the "
                "setting."
            )
            % {"folder": address}
        )
    if not os.path.isdir(resolved):
        raise unavailable(
            gettext("The folder %(folder)s is not there: mount it, or delete the source.") % {"folder": address}
        )
    return resolved


def file_path(address: str, key: str) -> Path:
    """The file of a location, with links resolved, if it is there and may be read.

    Raises ProductError: `source_unavailable` without the folder itself, `source_file_missing` without the file. Keys
    come from listings; one that leads out of the folders of music is refused all the same.
    """
    root = root_of(address)
    path = os.path.realpath(os.path.join(root, relative_path(key)))
    if not is_inside(path, music_dirs()) or not os.path.isfile(path):
        if not os.listdir(root):
            raise unavailable(
                gettext("The folder %(folder)s is empty: mount it, or delete the source.") % {"folder": address}
            )
        raise file_missing(shown_path(relative_path(key)))
    return Path(os.fsdecode(path))


def unavailable(message: str) -> ProductError:
    return ProductError("source_unavailable", message, HTTPStatus.SERVICE_UNAVAILABLE)


def file_missing(path: str) -> ProductError:
    return ProductError(
        "source_file_missing",
        gettext("The file %(path)s is not there any more: put it back, or delete the song.") % {"path": path},
        HTTPStatus.NOT_FOUND,
    )
