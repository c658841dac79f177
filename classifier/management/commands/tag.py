"""Analyse files and folders, print their moods, and write them into the files."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter
from tqdm import tqdm

from classifier import ml_gateway
from classifier.accounts.users import user_named
from classifier.active_words import ActiveWords
from classifier.errors import ProductError
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.management.audio_paths import PathEntry, find_audio, regular_file
from classifier.management.tag_processes import MAX_JOBS, answers_of_processes, answers_one_by_one
from classifier.management.tag_readers import own_answers_text, readers, words_of_option
from classifier.management.tag_writing import TagWriter, tags_text, tags_undo
from classifier.models import Person, TagExisting, TagValues
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
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=what)
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object per line")
        parser.add_argument("--store", metavar="USER", help="also store the songs and their results for this user")
        parser.add_argument(
            "--model",
            default="both",
            metavar="MODEL",
            help="both networks together (both, the default), one of them (cnn1d, cnn2d), or the name of an own model",
        )
        parser.add_argument(
            "--words",
            metavar="WORDS",
            help="the words of moods: a language (en, de, es, fr), or a user whose own words they are (default: those "
            "of the model)",
        )
        parser.add_argument(
            "--jobs",
            type=_jobs,
            default=1,
            metavar="N",
            help="analyse so many songs at the same time, each on one core with up to 300 MB of memory (default: 1)",
        )

        _add_writing_arguments(parser.add_argument_group("Moods in the files (docs/tags.md)"))

    def handle(
        self, *args: Any, paths: list[Path], as_json: bool, store: str | None, model: str, jobs: int, **options: Any
    ) -> None:
        words = words_of_option(options["words"])
        writer = _writer(options, words)
        network, own_models = readers(model, storing=bool(store or writer))
        if options["undo"]:
            self._undo(paths, as_json)
            return
        if not paths:
            raise CommandError("Name audio files or folders.")
        if store or writer:
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
        answer = partial(_answer, owner, network, own_models, words)
        bar = tqdm(total=len(songs), unit="song", disable=None, file=sys.stderr)
        if jobs > 1:
            answers = answers_of_processes(songs, answer, _failure, min(jobs, len(songs)))
        else:
            answers = answers_one_by_one(songs, answer, partial(_progress, bar))
        try:
            # Ended here also where it is interrupted.
            with bar, closing(answers):
                for entry, song in answers:
                    succeeded = song["status"] == "done"
                    if writer and succeeded:
                        song = {**song, "tags": writer.write(entry.path, song)}
                        succeeded = "error" not in song["tags"]
                    done, failed = done + succeeded, failed + (not succeeded)
                    bar.clear()
                    if as_json:
                        self.stdout.write(_json_line(song, entry.path))
                    elif song["status"] == "done":
                        self.stdout.write(
                            _result_text(song, entry.path, own=bool(own_models), dry_run=options["dry_run"])
                        )
                    if song["status"] != "done":
                        self.stderr.write(_failure_text(song, entry.path))
                    self.stdout.flush()
                    bar.update()
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

    def _undo(self, paths: list[Path], as_json: bool) -> None:
        self.check(tags=[Tags.files])
        undone = failed = 0
        files_named = [entry.path for entry in find_audio(paths) if not entry.skipped]
        for path, tags in tags_undo(files_named if paths else None):
            failed += "error" in tags
            undone += "error" not in tags
            line = (
                _json_line({"tags": tags}, path) if as_json else f"{_printable(path)}\n{tags_text(tags, dry_run=False)}"
            )
            self.stdout.write(line)
        files = "1 file" if undone == 1 else f"{undone:,} files"
        self.stderr.write(f"The moods of {files} are as they were before, {failed:,} failed.", str)
        if failed:
            sys.exit(1)


def _add_writing_arguments(group: Any) -> None:
    group.add_argument("--write", action="store_true", help="write the moods into the tags of the files")
    group.add_argument("--dry-run", action="store_true", help="with --write: only print what would be written")
    group.add_argument(
        "--undo", action="store_true", help="take back what was written last to PATH; without PATH, by the last --write"
    )
    group.add_argument(
        "--values",
        choices=TagValues.values,
        default=TagValues.SIDES,
        help="sides (the default): the composite mood, then its sides; one: the composite mood alone",
    )
    group.add_argument(
        "--existing",
        choices=TagExisting.values,
        default=TagExisting.KEEP,
        help="what happens to moods in a file that others wrote (default: keep)",
    )
    group.add_argument("--numbers", action="store_true", help="write VALENCE and AROUSAL too")


def _writer(options: dict[str, Any], words: ActiveWords | None) -> TagWriter | None:
    if options["dry_run"] and not options["write"]:
        raise CommandError("--dry-run shows what --write would do: add --write.")
    if options["undo"] and options["write"]:
        raise CommandError("--undo takes back what --write did: use one of them.")
    if not options["write"]:
        return None
    return TagWriter(options["values"], options["existing"], options["numbers"], options["dry_run"], words)


def _answer(
    owner: Person | None,
    network: str,
    own_models: tuple[tuple[str, str], ...],
    words: ActiveWords | None,
    entry: PathEntry,
    subprocess: AnalysisSubprocess,
    on_progress: ml_gateway.Progress,
) -> dict[str, Any]:
    try:
        if entry.error is not None:
            raise entry.error
        with regular_file(entry.path) as path:
            return song_tag(
                path=path,
                owner=owner,
                network=network,
                subprocess=subprocess,
                on_progress=on_progress,
                own_models=own_models,
                words=words,
            )
    except ProductError as error:
        return _failure(entry, error)


def _failure(entry: PathEntry, error: ProductError) -> dict[str, Any]:
    return failure_json(display_name(entry.path.name), error.code, error.message)


def _jobs(text: str) -> int:
    """Raises ArgumentTypeError, which the parser prints."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_JOBS):
        raise ArgumentTypeError(f"it is “{text}”, but must be a number from 1 to {MAX_JOBS}.")
    return int(text)


def _escape_what_the_output_cannot_show() -> None:
    """For instance an emoji where the terminal takes ASCII only; without this, the command would end there."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _progress(bar: Any, entry: PathEntry) -> ml_gateway.Progress:
    """Shows the progress of this song beside the bar."""
    name = _printable(Path(entry.path.name))
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


def _result_text(answer: dict[str, Any], path: Path, *, own: bool, dry_run: bool) -> str:
    """With `own`, what the own model says that --model names."""
    mood = answer["mood"]
    said = f"{mood['name']} ({mood['confidence']:.0%})"
    if own:
        said = own_answers_text(answer)
    line = f"{_printable(path)}: {said}"
    warnings = [f"  {warning['message']} [{warning['code']}]" for warning in answer["warnings"]]
    tags = [tags_text(answer["tags"], dry_run=dry_run)] if "tags" in answer else []
    return "\n".join([line, *warnings, *tags])


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
