"""The folders of MUSIC_DIRS, one level at a time, for users who choose one as a source."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from classifier.sources.folder_listing import AUDIO_SUFFIXES, IGNORED_FOLDERS
from classifier.sources.folder_paths import folder_check, is_inside, music_dirs

MAX_SHOWN = 500
MAX_READ = 20_000
"""Entries of one folder."""


@dataclass(frozen=True)
class Folder:
    name: str
    path: str


@dataclass(frozen=True)
class FolderChoice:
    """An open folder; without `path`, the folders of MUSIC_DIRS themselves."""

    path: str
    parents: list[Folder]
    """From one of MUSIC_DIRS down to the folder itself."""
    folders: list[Folder]
    more: int
    """Folders that are not listed."""
    songs: int
    """Audio files in the folder itself, without those of its folders."""


def folder_choice(path: str) -> FolderChoice:
    """Raises ProductError for a folder that may not be read or is not there."""
    if not path:
        roots = [Folder(str(folder), str(folder)) for folder in settings.MUSIC_DIRS if os.path.isdir(folder)]
        if len(roots) != 1:
            return FolderChoice("", [], roots, 0, 0)
        path = roots[0].path
    path = folder_check(path)
    folders, songs = _entries(path)
    return FolderChoice(path, _parents(path), folders[:MAX_SHOWN], max(len(folders) - MAX_SHOWN, 0), songs)


def _entries(path: str) -> tuple[list[Folder], int]:
    allowed = music_dirs()
    folders, songs = [], 0
    with os.scandir(path) as entries:
        for number, entry in enumerate(entries):
            if number >= MAX_READ:
                break
            if entry.name.startswith(".") or entry.name in IGNORED_FOLDERS or not _is_text(entry.name):
                continue
            if not entry.is_dir():
                songs += os.path.splitext(entry.name)[1].lower() in AUDIO_SUFFIXES
            elif not entry.is_symlink() or is_inside(os.fsencode(os.path.realpath(entry.path)), allowed):
                folders.append(Folder(entry.name, entry.path))
    return sorted(folders, key=lambda folder: unicodedata.normalize("NFKD", folder.name.casefold())), songs


def _parents(path: str) -> list[Folder]:
    """Up to the outermost of MUSIC_DIRS."""
    roots = [Path(folder) for folder in settings.MUSIC_DIRS]
    line = [Path(path), *Path(path).parents]
    inside = [one for one in line if any(one == root or root in one.parents for root in roots)]
    return [
        Folder(str(one) if number == 0 else one.name, str(one))
        for number, one in enumerate(reversed(inside or line[:1]))
    ]


def _is_text(name: str) -> bool:
    """Not where its bytes are no UTF-8: no address can name such a folder, but its parent can be chosen."""
    return not any("\udc80" <= sign <= "\udcff" for sign in name)
