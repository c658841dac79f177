"""File names: for display, and for the disk."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_LENGTH = 255
DEFAULT_NAME = "song"


def display_name(name: str) -> str:
    """The last part of a path, on one line, at most 255 characters long, with its extension."""
    # Browsers write a quote in a file name as %22, and escape nothing else.
    name = unicodedata.normalize("NFC", name).replace("%22", '"').replace("\\", "/").rpartition("/")[2]
    # Remove control characters, and characters that reverse the direction of text and make one name look like another.
    name = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in name)
    name = " ".join(name.split())
    if not name.strip(". "):
        return DEFAULT_NAME
    if len(name) <= MAX_LENGTH:
        return name
    suffix = PurePosixPath(name).suffix[:20]
    return name[: MAX_LENGTH - len(suffix)].rstrip() + suffix


def storage_name(name: str) -> str:
    """The name on the disk. Of the user's file name it has only a plain extension."""
    suffix = PurePosixPath(name).suffix.lower()
    return f"source{suffix}" if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "source"
