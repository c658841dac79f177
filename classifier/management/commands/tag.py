"""Analyse files and folders, and print their moods."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, DjangoHelpFormatter
from tqdm import tqdm

from classifier import ml_gateway
from classifier.accounts.users import user_named
from classifier.errors import ProductError
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.management.audio_paths import PathEntry, find_audio, regular_file
from classifier.models import Person
from classifier.serializers import failure_json
from classifier.services.song_tag import song_tag
from classifier.uploads.file_names import display_name

INTERRUPTED = 130
# Skipped files that are named; the others are counted.
SKIPPED_NAMED = 5


class Command(BaseCommand):
    help = (
        "Prints the moods of songs. Folders are searched recursively, and a file that fails does not stop the others: "
        "its error goes to standard error, and the exit status is 1."
    )

    # Those of files come only with --store.
    requires_system_checks = (Tags.models, Tags.security)

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
        what = "audio files and folders, named pipes, or - for standard input"
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=what)
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
        if store:
            # Without storing, a DATA_DIR that cannot be written does no harm.
            self.check(tags=[Tags.files])
        owner = user_named(store) if store else None
        _escape_what_the_output_cannot_show()
        entries = list(find_audio(paths))
        songs = [entry for entry in entries if not entry.skipped]
        started = time.monotonic()
        done = failed = 0
        # A thread of the progress bar would not survive the fork of the subprocess.
        tqdm.monitor_interval = 0
        try:
            with AnalysisSubprocess() as subprocess, tqdm(songs, unit="song", disable=None, file=sys.stderr) as bar:
                for entry in bar:
                    path = entry.path
                    answer = _answer(entry, owner, model, subprocess, _progress(bar, path))
                    succeeded = answer["status"] == "done"
                    done, failed = done + succeeded, failed + (not succeeded)
                    bar.clear()
                    if as_json:
                        self.stdout.write(_json_line(answer, path))
                    elif succeeded:
                        self.stdout.write(_result_text(answer, path))
                    if not succeeded:
                        self.stderr.write(_failure_text(answer, path))
                    self.stdout.flush()
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader, for instance `head`, has enough. Python would write to the closed pipe again at its exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1 if failed else 0)
        if skipped := [entry.path for entry in entries if entry.skipped]:
            self.stderr.write(_skipped_text(skipped), str)
        self.stderr.write(_summary(done, failed, time.monotonic() - started), str)
        if failed:
            sys.exit(1)


def _answer(
    entry: PathEntry,
    owner: Person | None,
    network: str,
    subprocess: AnalysisSubprocess,
    on_progress: ml_gateway.Progress,
) -> dict[str, Any]:
    try:
        if entry.error is not None:
            raise entry.error
        with regular_file(entry.path) as path:
            return song_tag(path=path, owner=owner, network=network, subprocess=subprocess, on_progress=on_progress)
    except ProductError as error:
        return failure_json(display_name(entry.path.name), error.code, error.message)


def _escape_what_the_output_cannot_show() -> None:
    """For instance an emoji where the terminal takes ASCII only; without this, the command would end there."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _progress(bar: Any, path: Path) -> ml_gateway.Progress:
    """Shows the progress of this song beside the bar."""
    name = _printable(Path(path.name))
    bar.set_postfix_str(name)

    def on_progress(stage: str, done: int, total: int) -> None:
        share = f" {min(done / total, 1):.0%}" if total else ""
        bar.set_postfix_str(f"{name}, {stage}{share}")

    return on_progress


def _json_line(answer: dict[str, Any], path: Path) -> str:
    """With the path, since several files may have the same name."""
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("-", "")
    path_text = str(path).encode("utf-8", "backslashreplace").decode()
    return json.dumps({**answer, "path": path_text}, ensure_ascii=encoding != "utf8")


def _result_text(answer: dict[str, Any], path: Path) -> str:
    mood = answer["mood"]
    line = f"{_printable(path)}: {mood['name']} ({mood['confidence']:.0%})"
    return "\n".join([line, *(f"  {warning['message']} [{warning['code']}]" for warning in answer["warnings"])])


def _failure_text(answer: dict[str, Any], path: Path) -> str:
    error = answer.get("error")
    return f"{_printable(path)}: " + (f"{error['message']} [{error['code']}]" if error else answer["status"])


def _summary(done: int, failed: int, seconds: float) -> str:
    songs = "1 song" if done == 1 else f"{done:,} songs"
    minutes, rest = divmod(round(seconds), 60)
    duration = f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
    return f"{songs} done, {failed:,} failed, in {duration}."


def _skipped_text(paths: list[Path]) -> str:
    names = ", ".join(_printable(path) for path in paths[:SKIPPED_NAMED])
    more = f" and {len(paths) - SKIPPED_NAMED:,} more" if len(paths) > SKIPPED_NAMED else ""
    files = "1 file that is" if len(paths) == 1 else f"{len(paths):,} files that are"
    return f"Skipped {files} not audio: {names}{more}."


def _printable(path: Path) -> str:
    """Without control characters, and without bytes that are not UTF-8: a terminal might obey them."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
