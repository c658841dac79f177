"""The audio files of a folder, with what tells whether they changed. No file is opened."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext

from classifier.sources.folder_paths import is_inside, key_of, music_dirs, root_of, shown_path, unavailable
from classifier.sources.items import SourceItem, SourceProblem

AUDIO_SUFFIXES = (
    *(".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4"),
    *(".aac", ".aif", ".aiff", ".aifc", ".wma", ".mka", ".webm"),
)
# Ignored silently, like hidden files: folders of file servers and archives.
IGNORED_FOLDERS = ("@eaDir", "__MACOSX", "#recycle", "lost+found")

TRACK_NUMBER = re.compile(r"^(?:\d{1,2}-)?\d{1,3}(?:\s*[.)_-]\s*|\s+)(?=\S)")
_IGNORED = frozenset(os.fsencode(name) for name in IGNORED_FOLDERS)
_SUFFIXES = frozenset(os.fsencode(suffix) for suffix in AUDIO_SUFFIXES)


@dataclass
class FolderListing:
    """Iterate over it once. Memory grows with the folders and the largest of them, not with the number of files.

    Links are followed where they lead to a place in MUSIC_DIRS, and each folder is read once.
    """

    address: str
    allowed: list[bytes] = field(default_factory=music_dirs)
    folders: int = 0

    def __iter__(self) -> Iterator[SourceItem | SourceProblem]:
        """Raises ProductError (source_unavailable) where the folder itself cannot be read."""
        root = root_of(self.address)
        first = os.stat(root)
        visited: set[tuple[int, int]] = set()
        waiting = [b""]
        while waiting:
            folder = waiting.pop()
            try:
                place = os.path.join(root, folder)
                state = os.stat(place)
                if (state.st_dev, state.st_ino) in visited:
                    continue
                visited.add((state.st_dev, state.st_ino))
                with os.scandir(place) as entries:
                    ordered = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                if not folder:
                    raise unavailable(
                        gettext("The folder %(folder)s cannot be read (%(reason)s).")
                        % {"folder": self.address, "reason": error.strerror}
                    ) from error
                yield _unreadable("folder", folder, error)
                continue
            self.folders += 1
            deeper = []
            for entry in ordered:
                relative = os.path.join(folder, entry.name)
                try:
                    found = self._entry(entry, relative)
                except OSError as error:
                    found = _unreadable("file", relative, error)
                if isinstance(found, bytes):
                    deeper.append(found)
                elif found is not None:
                    yield found
            waiting += reversed(deeper)
        last = os.stat(root) if os.path.isdir(root) else None
        if last is None or (last.st_dev, last.st_ino) != (first.st_dev, first.st_ino):
            raise unavailable(
                gettext("The folder %(folder)s was unmounted while it was read.") % {"folder": self.address}
            )

    def _entry(self, entry: os.DirEntry[bytes], relative: bytes) -> SourceItem | SourceProblem | bytes | None:
        """A song, a problem, the path of a folder, or None for everything else."""
        if entry.name.startswith(b".") or entry.name in _IGNORED:
            return None
        is_audio = os.path.splitext(entry.name)[1].lower() in _SUFFIXES
        is_link = entry.is_symlink()
        if is_link and not is_inside(os.path.realpath(entry.path), self.allowed):
            return _outside(relative) if is_audio or entry.is_dir() else None
        if entry.is_dir():
            return relative
        if not is_audio:
            return None
        # Not entry.is_file(), which takes a link that leads nowhere for something else without an error.
        state = entry.stat()
        if not stat.S_ISREG(state.st_mode) or not state.st_size:  # a file that is being copied is empty at first
            return None
        shown = shown_path(relative)
        names = names_of(shown)
        return SourceItem(
            key=key_of(relative),
            path=shown,
            size_bytes=state.st_size,
            modified_ns=state.st_mtime_ns,
            file_id=f"{state.st_dev:x}:{state.st_ino:x}",
            title=names["title"],
            artist=names.get("artist", ""),
            album=names.get("album", ""),
        )


def names_of(path: str) -> dict[str, str]:
    """What a path says of a song until its tags are read: Artist/Album/01 - Title.mp3, or the end of that."""
    *folders, name = path.split("/")
    stem = os.path.splitext(name)[0]
    names = {"title": (TRACK_NUMBER.sub("", stem) or stem).strip()[:255]}
    if len(folders) >= 2:
        names |= {"artist": folders[-2].strip()[:255], "album": folders[-1].strip()[:255]}
    return names


def _unreadable(kind: str, relative: bytes, error: OSError) -> SourceProblem:
    shown = shown_path(relative)
    if kind == "folder":
        text = gettext("The folder %(path)s cannot be read (%(reason)s): check its permissions.")
    else:
        text = gettext("The file %(path)s cannot be read (%(reason)s): check its permissions.")
    message = text % {"path": shown, "reason": error.strerror}
    return SourceProblem(key_of(relative), shown, "file_unreadable", message)


def _outside(relative: bytes) -> SourceProblem:
    shown = shown_path(relative)
    code, message = (
        "link_outside",
        gettext("The link %(path)s leads out of MUSIC_DIRS: add its target to MUSIC_DIRS, or remove the link.")
        % {"path": shown},
    )
    return SourceProblem(key_of(relative), shown, code, message)
