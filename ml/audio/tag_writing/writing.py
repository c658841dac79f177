"""Read the mood fields of a file, and write others in their place."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ml.audio.audio_bytes import audio_parts
from ml.audio.audio_hash import audio_hash
from ml.audio.container import open_audio
from ml.audio.padding import audio_start, has_oversized_id3
from ml.audio.sniffing import read_head, recognise
from ml.audio.tag_blocks import hiding_patches
from ml.audio.tag_readers import PARSER_ERRORS
from ml.audio.tag_writing.by_mutagen import READERS, Apev2Tags, MutagenTags
from ml.audio.tag_writing.fields import Fields, FileFields, Kind, name_of
from ml.audio.tag_writing.id3 import NO_TAG, USER_TEXT, Frame, Id3Tag, damaged, text_frame, text_of
from ml.audio.tag_writing.id3_places import Id3Place, Part, aiff_id3, has_apev2, leading_id3, riff_id3
from ml.audio.tag_writing.replacement import replacement
from ml.errors import MoodError

BLOCK_BYTES = 1 << 20
ID3_PLACES: dict[str, Callable[[BinaryIO], Id3Place]] = {
    "mp3": leading_id3,
    "adts": leading_id3,
    "wav": riff_id3,
    "aiff": aiff_id3,
}
FORMATS = "mp3, aac, wav, aiff, flac, ogg, opus, m4a and wma"


def read_fields(path: Path) -> FileFields:
    """Raises MoodError (not_audio, tags_unsupported, tags_damaged, tags_too_large) and OSError."""
    with _mood_errors():
        source = _open_tags(path)
        if isinstance(source, MutagenTags):
            return FileFields(source.kind, source.fields(), True)
        tag = source.tag
        return FileFields(_id3_kind(tag), _id3_fields(tag), tag is not NO_TAG)


def write_fields(path: Path, before: Fields, after: Fields, *, keep_tag: bool = True) -> None:
    """Replace all mood fields of a file by `after`, if they still are `before`. With `keep_tag=False`, an ID3 tag that
    then only repeats other tags of the file is removed as a whole.

    The new file is complete before it takes the place of the old one, and only if its coded audio and all its other
    tags are the same. Raises MoodError: tags_changed where the fields are others than `before`, audio_changed where
    they cannot be written without touching the audio, and those of `read_fields` and `replacement`.
    """
    path = Path(os.path.realpath(path))
    with _mood_errors():
        if read_fields(path).fields != before:
            raise MoodError("tags_changed", "Its moods are others than a moment ago: another program wrote to it.")
        audio, others = _coded_audio(path), _others(path)
    with replacement(path) as new, _mood_errors():
        _write(path, new, after, keep_tag=keep_tag)
        if read_fields(new).fields != after or _others(new) != others:
            raise MoodError("tags_unsupported", "Other tags of it would change as well, so that nothing is written.")
        if _coded_audio(new) != audio:
            raise MoodError(
                "audio_changed",
                "Its audio is damaged or would change, so that nothing is written: repair the file.",
            )


def copy_with_fields(path: Path, copy: Path, after: Fields) -> None:
    """A copy of a file with these mood fields; the file itself stays. Raises MoodError and OSError."""
    with _mood_errors():
        _write(path, copy, after, keep_tag=True)


def _write(path: Path, new: Path, after: Fields, *, keep_tag: bool) -> None:
    source = _open_tags(path)
    if isinstance(source, Id3Place):
        _copy_parts(path, new, source.with_tag(_rendered(source, after, keep_tag)))
        return
    with path.open("rb") as old, new.open("wb") as file:
        shutil.copyfileobj(old, file, BLOCK_BYTES)
    copied = _open_tags(new)
    if isinstance(copied, MutagenTags):
        copied.write(after)


def _rendered(place: Id3Place, after: Fields, keep_tag: bool) -> bytes:
    others = _other_frames(place)
    is_needless = place.tag is NO_TAG or (not keep_tag and others == [frame.raw for frame in place.older])
    if not after and is_needless:
        return b""
    frames = place.older if place.tag is NO_TAG else place.tag.frames
    kept = [frame for frame in frames if _field(place.tag, frame) is None]
    return place.tag.with_frames([*kept, *_new_frames(place.tag, after)]).render()


def _open_tags(path: Path) -> Id3Place | MutagenTags:
    if has_oversized_id3(path) or hiding_patches(path, audio_start(path)):
        raise MoodError("tags_too_large", "Its tags are too large or too many to be read, so that nothing is written.")
    with path.open("rb") as file:
        container = recognise(read_head(file))
        if container in ID3_PLACES:
            place = ID3_PLACES[container](file)
            is_mpeg = ID3_PLACES[container] is leading_id3
            return Apev2Tags(path) if is_mpeg and place.tag is NO_TAG and has_apev2(file) else place
    if container not in READERS:
        raise MoodError(
            "tags_unsupported", f"Moods are written to {FORMATS}, and this file is {container}: convert it."
        )
    return READERS[container](path)


def _others(path: Path) -> Any:
    """All tags but the mood fields, to compare."""
    source = _open_tags(path)
    return _other_frames(source) if isinstance(source, Id3Place) else source.others()


def _other_frames(place: Id3Place) -> list[bytes]:
    """Of a file without a tag, those that a new one begins with."""
    frames = place.older if place.tag is NO_TAG else place.tag.frames
    return [frame.raw for frame in frames if _field(place.tag, frame) is None]


def _field(tag: Id3Tag, frame: Frame) -> tuple[str, list[str]] | None:
    """The mood field that a frame holds, with its values."""
    if frame.name not in (b"TMOO", USER_TEXT[tag.version]):
        return None
    texts = text_of(frame, tag)
    if not texts:
        return None
    name = frame.name.decode()
    field, values = (name, texts) if name == "TMOO" else (f"{name}:{texts[0]}", texts[1:])
    return (field, values) if name_of(field) else None


def _id3_fields(tag: Id3Tag) -> Fields:
    fields: Fields = {}
    for frame in tag.frames:
        if found := _field(tag, frame):
            fields.setdefault(found[0], []).extend(found[1])
    return fields


def _new_frames(tag: Id3Tag, fields: Fields) -> list[Frame]:
    frames = []
    for field, values in fields.items():
        name, _, description = field.partition(":")
        texts = values if name == "TMOO" else [description, *values]
        frames.append(text_frame(tag, name.encode(), texts))
    return frames


def _id3_kind(tag: Id3Tag) -> Kind:
    return {2: "id3v2.2", 3: "id3v2.3", 4: "id3v2.4"}[tag.version]  # type: ignore[return-value]


def _coded_audio(path: Path) -> str:
    with path.open("rb") as file:
        parts = audio_parts(file)
    if parts is None:
        open_audio(path).close()  # says what is wrong with a file that is no audio
    return audio_hash(path)


def _copy_parts(path: Path, new: Path, parts: list[Part]) -> None:
    with path.open("rb") as old, new.open("wb") as file:
        for part in parts:
            if isinstance(part, bytes):
                file.write(part)
                continue
            old.seek(part[0])
            left = part[1] - part[0]
            while left > 0:
                block = old.read(min(left, BLOCK_BYTES))
                if not block:
                    raise MoodError("tags_changed", "Another program cut the file off meanwhile: try again.")
                file.write(block)
                left -= len(block)


@contextlib.contextmanager
def _mood_errors() -> Iterator[None]:
    """What parsers of damaged tags raise as a sentence; errors of the disk, which mutagen wraps, as they are."""
    try:
        yield
    except PARSER_ERRORS as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError):
                raise cause from error
            cause = next((one for one in error.args if isinstance(one, OSError)), None) or cause.__context__
        raise damaged() from error
