"""Which files may be written, and by whom: none, unless MUSIC_DIRS_WRITABLE names their folder."""

from __future__ import annotations

import os
from http import HTTPStatus

from django.conf import settings
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person, Source, SourceKind
from classifier.sources.folder_paths import is_inside, music_dirs

EVERYONE = "everyone"


def writable_dirs() -> list[bytes]:
    """With links resolved. What is not in MUSIC_DIRS does not count."""
    readable = music_dirs()
    folders = [os.fsencode(os.path.realpath(folder)) for folder in settings.MUSIC_DIRS_WRITABLE]
    return [folder for folder in folders if is_inside(folder, readable)]


def refusal(source: Source, person: Person) -> ProductError | None:
    """Why this person may not have moods written into the files of a source; None if they may."""
    if source.kind != SourceKind.FOLDER:
        return ProductError(
            "tags_not_here",
            gettext("Music servers let nobody write into their files: add the folder with the files as a source."),
            HTTPStatus.CONFLICT,
        )
    if not is_inside(os.fsencode(os.path.realpath(source.address)), writable_dirs()):
        return ProductError(
            "tags_off",
            gettext(
                "Files in %(folder)s are read-only for Countermood: the owner of the server allows writing in "
                "the setting MUSIC_DIRS_WRITABLE."
            )
            % {"folder": source.address},
            HTTPStatus.FORBIDDEN,
        )
    if settings.MUSIC_WRITERS != EVERYONE and not person.is_owner:
        return ProductError(
            "tags_not_yours",
            gettext(
                "Only owners of this installation may write into its files, since all users share them: ask an "
                "owner to do it, or to set MUSIC_WRITERS."
            ),
            HTTPStatus.FORBIDDEN,
        )
    return None


def require_writable(source: Source, person: Person) -> None:
    if error := refusal(source, person):
        raise error
