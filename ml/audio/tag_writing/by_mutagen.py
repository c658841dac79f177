"""The fields of FLAC, Ogg, MP4, ASF and APEv2 tags, which mutagen reads and writes without changing the others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import mutagen.apev2
import mutagen.asf
import mutagen.flac
import mutagen.mp4
from mutagen.asf._attrs import ASFUnicodeAttribute

from ml.audio.tag_writing.fields import Fields, Kind, name_of
from ml.audio.tag_writing.id3_places import ID3V1_BYTES
from ml.errors import MoodError

NEW_PADDING_BYTES = 1024
UNTITLED = re.compile(r"unknown\d+")
"""What mutagen calls a comment without a name."""


class MutagenTags:
    """The tags of one file, read once."""

    kind: Kind

    def __init__(self, path: Path, file: Any) -> None:
        self.path = path
        self.file = file
        if file.tags is None:
            file.add_tags()

    def fields(self) -> Fields:
        found: Fields = {}
        for field, value in self._pairs():
            if name_of(field):
                found.setdefault(field, []).append(value)
        return found

    def others(self) -> Any:
        """Everything that stays, to compare."""
        raise NotImplementedError

    def write(self, fields: Fields) -> None:
        """These instead of all mood fields that are there."""
        self._set(fields)
        self.file.save(os.fspath(self.path), padding=_same_padding)

    def _pairs(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def _set(self, fields: Fields) -> None:
        raise NotImplementedError


class VorbisTags(MutagenTags):
    kind: Kind = "vorbis"

    def _pairs(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = list(self.file.tags)
        if any("\ufffd" in key + value or UNTITLED.fullmatch(key) for key, value in pairs):
            raise MoodError(
                "tags_damaged",
                "Some of its comments are not UTF-8, and would change: repair them.",
            )
        return pairs

    def others(self) -> Any:
        blocks = getattr(self.file, "metadata_blocks", [])
        kept = [(block.code, block.write()) for block in blocks if block.code not in (1, 4)]  # padding, comments
        return self.file.tags.vendor, [pair for pair in self._pairs() if not name_of(pair[0])], kept

    def _set(self, fields: Fields) -> None:
        kept = [pair for pair in self._pairs() if not name_of(pair[0])]
        self.file.tags[:] = kept + [(field, value) for field, values in fields.items() for value in values]


class Mp4Tags(MutagenTags):
    kind: Kind = "mp4"

    def _pairs(self) -> list[tuple[str, str]]:
        return [
            (field, bytes(value).decode("utf-8", "replace"))
            for field, values in self.file.tags.items()
            if name_of(field)
            for value in values
        ]

    def others(self) -> Any:
        return {field: repr(value) for field, value in self.file.tags.items() if not name_of(field)}

    def _set(self, fields: Fields) -> None:
        for field in self.fields():
            del self.file.tags[field]
        for field, values in fields.items():
            self.file.tags[field] = [mutagen.mp4.MP4FreeForm(value.encode()) for value in values]  # type: ignore[no-untyped-call]


class AsfTags(MutagenTags):
    kind: Kind = "asf"

    def _pairs(self) -> list[tuple[str, str]]:
        return [(field, str(value)) for field, value in self.file.tags]

    def others(self) -> Any:
        # mutagen writes the second value of a name to another object, where no language and no stream are the number 0.
        kept = [
            (field, value.TYPE, value.language or 0, value.stream or 0, repr(value.value))
            for field, value in self.file.tags
        ]
        return sorted((pair for pair in kept if not name_of(pair[0])), key=repr)

    def _set(self, fields: Fields) -> None:
        kept = [pair for pair in self.file.tags if not name_of(pair[0])]
        added = [
            (field, ASFUnicodeAttribute(one))  # type: ignore[no-untyped-call]
            for field, values in fields.items()
            for one in values
        ]
        self.file.tags[:] = kept + added


class Apev2Tags(MutagenTags):
    """Of an mp3 file without an ID3v2 tag; an ID3v1 tag behind it stays."""

    kind: Kind = "apev2"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tags = _apev2(path)

    def _pairs(self) -> list[tuple[str, str]]:
        return [
            (field, text)
            for field, value in self.tags.items()
            if isinstance(value, mutagen.apev2.APETextValue)
            for text in value
        ]

    def others(self) -> Any:
        return {field: (value.kind, value.value) for field, value in self.tags.items() if not name_of(field)}

    def write(self, fields: Fields) -> None:
        tags = _apev2(self.path)
        for field in self.fields():
            del tags[field]
        for field, values in fields.items():
            tags[field] = values
        with self.path.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(end - ID3V1_BYTES)
            id3v1 = file.read() if file.read(3) == b"TAG" else b""
        if id3v1:
            os.truncate(self.path, end - ID3V1_BYTES)
        tags.save(os.fspath(self.path))
        if id3v1:
            with self.path.open("ab") as file:
                file.write(b"TAG" + id3v1)


READERS: dict[str, Callable[[Path], MutagenTags]] = {
    "flac": lambda path: VorbisTags(path, mutagen.flac.FLAC(os.fspath(path))),  # type: ignore[no-untyped-call]
    "ogg": lambda path: VorbisTags(path, _ogg(path)),
    "mp4": lambda path: Mp4Tags(path, mutagen.mp4.MP4(os.fspath(path))),  # type: ignore[no-untyped-call]
    "asf": lambda path: AsfTags(path, mutagen.asf.ASF(os.fspath(path))),  # type: ignore[no-untyped-call]
}
"""By the container, as `ml.audio.sniffing` names it."""


def _apev2(path: Path) -> Any:
    return mutagen.apev2.APEv2(os.fspath(path))  # type: ignore[no-untyped-call]


def _ogg(path: Path) -> Any:
    file = mutagen.File(os.fspath(path))
    if file is None or not isinstance(file.tags, list):
        raise MoodError("tags_unsupported", "It is an Ogg file with another codec than Vorbis, Opus, FLAC and Speex.")
    return file


def _same_padding(info: Any) -> int:
    """What is left of the old padding; new padding only where the tags need a larger place."""
    return int(info.padding) if info.padding >= 0 else NEW_PADDING_BYTES
