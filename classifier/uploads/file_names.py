"""Names of files as people see them: the name they gave, without what a name must not hold."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_LENGTH = 255
NAMELESS = "song"


def shown_name(name: str) -> str:
    """The last part of a path, on one line, at most 255 characters long, the extension kept."""
    # Browsers write a quote in a file's name as %22, and nothing else that way.
    name = unicodedata.normalize("NFC", name).replace("%22", '"').replace("\\", "/").rpartition("/")[2]
    # Control characters and those that reverse the direction of text, which make one name look like another.
    name = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in name)
    name = " ".join(name.split())
    if not name.strip(". "):
        return NAMELESS
    if len(name) <= MAX_LENGTH:
        return name
    suffix = PurePosixPath(name).suffix[:20]
    return name[: MAX_LENGTH - len(suffix)].rstrip() + suffix


def stored_name(name: str) -> str:
    """What the file is called on the disk: nothing of the person's name but a plain extension."""
    suffix = PurePosixPath(name).suffix.lower()
    return f"source{suffix}" if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "source"
