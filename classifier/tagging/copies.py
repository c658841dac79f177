"""Copies of songs with their moods in the tags, for downloads. The songs themselves stay as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import Song, TagExisting, TagValues
from classifier.sources.audio_file import song_audio_file
from classifier.tagging.song_moods import LEFT_OUT, mood_tags
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.stored_files import disk_full_as_error
from classifier.uploads.working_copies import working_folder


@dataclass(frozen=True)
class TagOptions:
    values: str = TagValues.SIDES
    existing: str = TagExisting.ADD
    """Nobody sees a preview of a download, so that moods of others stay unless somebody decides otherwise."""
    with_numbers: bool = False


@contextlib.contextmanager
def tagged_copy(song: Song, options: TagOptions) -> Iterator[Path]:
    """A file on this disk, deleted at the end. Raises ProductError with the reason where it cannot have moods."""
    tags = mood_tags(song, options.values, with_numbers=options.with_numbers)
    if isinstance(tags, str):
        message = gettext("No mood is written: it is a song %(which)s.") % {"which": gettext(LEFT_OUT[tags])}
        raise ProductError("tags_no_mood", message, HTTPStatus.CONFLICT)
    require_room(2 * song.size_bytes)
    with disk_full_as_error(), working_folder() as folder, _readable(song) as path:
        copy = folder / "song"
        try:
            ml_gateway.tag_files.copy(path, copy, tags, existing=options.existing)  # type: ignore[arg-type]
        except ml_gateway.MoodError as error:
            raise ProductError(error.code, error.message, HTTPStatus.CONFLICT) from error
        yield copy


@contextlib.contextmanager
def unchanged_file(song: Song) -> Iterator[Path]:
    """The file itself. Raises ProductError where it is not there."""
    with _readable(song) as path:
        yield path


@contextlib.contextmanager
def _readable(song: Song) -> Iterator[Path]:
    missing = ProductError("not_found", gettext("The audio of this song is missing."), HTTPStatus.NOT_FOUND)
    with contextlib.ExitStack() as stack:
        try:
            path = stack.enter_context(song_audio_file(song))
        except FileNotFoundError as error:
            raise missing from error
        if not path.is_file():
            raise missing
        yield path
