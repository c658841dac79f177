"""Folders and secrets that an installation creates on its first start."""

import errno
import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def ensure_folder(path: Path, setting: str) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {path} cannot be created ({error.strerror}); "
            f"{setting} takes the absolute path of a folder that this user can write."
        ) from error
    return path


def load_or_create_secret(path: Path) -> str:
    """The secret in this file, readable by its user alone; created if the file does not exist.

    In a folder that cannot be written it lasts as long as the process, which then can store nothing: a system check
    stops every command that has to.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return secrets.token_urlsafe(50)
        raise
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50) + "\n")
    try:
        # Web, worker and sweep start together: unlike a rename, a link fails for all but the first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
    return path.read_text(encoding="ascii").strip()
