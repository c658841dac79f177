"""Hears files and folders, and prints what it heard."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from classifier import ml_gateway
from classifier.accounts.people import person_named
from classifier.jobs.analysis_subprocess import AnalysisSubprocess
from classifier.management.audio_paths import songs_under
from classifier.services.song_tag import song_tag


class Command(BaseCommand):
    help = "Says which moods songs carry. Folders are walked; one bad file never stops the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object a line")
        parser.add_argument("--store", metavar="USER", help="keep songs and answers in this person's history")
        parser.add_argument("--model", choices=ml_gateway.NETWORKS, default="both", help="which network to look at")

    def handle(
        self, *args: Any, paths: list[Path], as_json: bool, store: str | None, model: str, **options: Any
    ) -> None:
        owner = person_named(store) if store else None
        songs = list(songs_under(paths))
        failed = 0
        # A bar only where somebody watches; it must not start a thread, since the child is forked.
        tqdm.monitor_interval = 0
        try:
            with AnalysisSubprocess() as child, tqdm(songs, unit="song", disable=None, file=sys.stderr) as bar:
                for path in bar:
                    answer = song_tag(path=path, owner=owner, network=model, child=child, on_progress=_on(bar, path))
                    failed += answer["status"] != "done"
                    bar.clear()
                    self.stdout.write(_line(answer, path) if as_json else _sentence(answer, path))
                    self.stdout.flush()
        except KeyboardInterrupt:
            sys.exit(130)
        if failed:
            sys.exit(1)


def _on(bar: tqdm, path: Path) -> ml_gateway.Progress:
    """Shows beside the bar how far this song is."""
    bar.set_postfix_str(path.name)

    def show(stage: str, done: int, total: int) -> None:
        share = f" {min(done / total, 1):.0%}" if total else ""
        bar.set_postfix_str(f"{path.name}, {stage}{share}")

    return show


def _line(answer: dict[str, Any], path: Path) -> str:
    """With the path, since names such as 01.mp3 come many times."""
    return json.dumps({**answer, "path": _shown(path)}, ensure_ascii=False)


def _sentence(answer: dict[str, Any], path: Path) -> str:
    name = _shown(path)
    if answer["status"] == "done":
        mood = answer["mood"]
        heard = f"{name}: {mood['name']} ({mood['confidence']:.0%}), {ml_gateway.GENRES[mood['genre']].title}"
        return "\n".join([heard, *(f"  {warning['message']} [{warning['code']}]" for warning in answer["warnings"])])
    if answer["status"] == "failed":
        return f"{name}: {answer['error']['message']} [{answer['error']['code']}]"
    return f"{name}: {answer['status']}"


def _shown(path: Path) -> str:
    """Names on the disk are bytes; those that are no UTF-8 could not be printed as they are."""
    return str(path).encode("utf-8", "backslashreplace").decode()
