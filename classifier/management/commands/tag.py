"""Analyse files and folders, and print their moods."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, DjangoHelpFormatter
from tqdm import tqdm

from classifier import ml_gateway
from classifier.accounts.users import user_named
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.services.song_tag import song_tag

SUFFIXES = (
    *(".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4"),
    *(".aac", ".aif", ".aiff", ".aifc", ".wma", ".mka", ".webm"),
)
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Prints the moods of songs. Folders are searched recursively, and a file that fails does not stop the others: "
        "its error goes to standard error, and the exit status is 1."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Lists the options of every Django command last, under a heading of their own."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        shared = parser.add_argument_group("Django options")
        for action in list(parser._optionals._group_actions):
            if DjangoHelpFormatter.show_last.intersection(action.option_strings):
                parser._optionals._group_actions.remove(action)
                shared._group_actions.append(action)
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="audio files and folders")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object per line")
        parser.add_argument("--store", metavar="USER", help="also store the songs and their results for this user")
        parser.add_argument(
            "--model",
            choices=ml_gateway.NETWORKS,
            default="both",
            help="show the result of both networks together (the default) or of one",
        )

    def handle(
        self, *args: Any, paths: list[Path], as_json: bool, store: str | None, model: str, **options: Any
    ) -> None:
        owner = user_named(store) if store else None
        songs = list(songs_under(paths))
        started = time.monotonic()
        done = failed = 0
        # A thread of the progress bar would not survive the fork of the subprocess.
        tqdm.monitor_interval = 0
        try:
            with AnalysisSubprocess() as subprocess, tqdm(songs, unit="song", disable=None, file=sys.stderr) as bar:
                for path in bar:
                    answer = song_tag(
                        path=path,
                        owner=owner,
                        network=model,
                        subprocess=subprocess,
                        on_progress=_progress(bar, path),
                    )
                    succeeded = answer["status"] == "done"
                    done, failed = done + succeeded, failed + (not succeeded)
                    bar.clear()
                    if as_json:
                        self.stdout.write(_json_line(answer, path))
                    elif succeeded:
                        self.stdout.write(_result_text(answer, path))
                    else:
                        self.stderr.write(_failure_text(answer, path))
                    self.stdout.flush()
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader, for instance `head`, has enough. Python would write to the closed pipe again at its exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1 if failed else 0)
        self.stderr.write(_summary(done, failed, time.monotonic() - started), str)
        if failed:
            sys.exit(1)


def songs_under(paths: list[Path]) -> Iterator[Path]:
    """Files as they are named, and the audio files of folders in the order of their names.

    A folder without audio files is yielded itself, so that it is reported.
    """
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        empty = True
        for song in _audio_files(path):
            empty = False
            yield song
        if empty:
            yield path


def _audio_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or path.is_fifo():  # opening a named pipe would block
                continue
            if path.suffix.lower() in SUFFIXES or _content_is_audio(path):
                yield path


def _content_is_audio(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            ml_gateway.recognise(file.read(ml_gateway.HEAD_BYTES))
    except (ml_gateway.MoodError, OSError):
        return False
    return True


def _progress(bar: Any, path: Path) -> ml_gateway.Progress:
    """Shows the progress of this song beside the bar."""
    bar.set_postfix_str(path.name)

    def on_progress(stage: str, done: int, total: int) -> None:
        share = f" {min(done / total, 1):.0%}" if total else ""
        bar.set_postfix_str(f"{path.name}, {stage}{share}")

    return on_progress


def _json_line(answer: dict[str, Any], path: Path) -> str:
    """With the path, since several files may have the same name."""
    return json.dumps({**answer, "path": _printable(path)}, ensure_ascii=False)


def _result_text(answer: dict[str, Any], path: Path) -> str:
    mood = answer["mood"]
    line = f"{_printable(path)}: {mood['name']} ({mood['confidence']:.0%}), {ml_gateway.GENRES[mood['genre']].title}"
    return "\n".join([line, *(f"  {warning['message']} [{warning['code']}]" for warning in answer["warnings"])])


def _failure_text(answer: dict[str, Any], path: Path) -> str:
    error = answer.get("error")
    return f"{_printable(path)}: " + (f"{error['message']} [{error['code']}]" if error else answer["status"])


def _summary(done: int, failed: int, seconds: float) -> str:
    songs = "1 song" if done == 1 else f"{done:,} songs"
    minutes, rest = divmod(round(seconds), 60)
    duration = f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
    return f"{songs} done, {failed:,} failed, in {duration}."


def _printable(path: Path) -> str:
    """File names are bytes; those that are not UTF-8 could not be printed."""
    return str(path).encode("utf-8", "backslashreplace").decode()
