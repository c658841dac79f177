"""What the command `countermood` does. Each returns the exit status."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from countermood_client.calls import Value
from countermood_client.client import Client
from countermood_client.errors import ClientError
from countermood_client.folder_watch import FolderWatch, SeenFiles, songs_below
from countermood_client.resources import Song

EVENTS = ("song.done", "song.failed", "scan.done", "playlist.changed")


def tag(client: Client, options: argparse.Namespace) -> int:
    """Uploads everything first, so that the server's workers are busy, then waits for each song."""
    sent: list[tuple[Path, str]] = []
    failed = 0
    for path in _files(options.paths):
        try:
            sent.append((path, client.upload(path)["id"]))
        except (ClientError, OSError) as error:
            failed += _problem(path, error)
    for path, song_id in sent:
        try:
            _show(path, client.wait(song_id), as_json=options.json)
        except ClientError as error:
            failed += _problem(path, error)
    return int(failed > 0)


def watch(client: Client, options: argparse.Namespace) -> int:
    folder: Path = options.folder
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder.")
    seen = SeenFiles(options.state or _state_file(folder))
    looking = FolderWatch(folder.resolve(), seen)
    print(f"Watching {folder}. Ctrl-C stops it.", file=sys.stderr, flush=True)
    while True:
        for path, stamp in looking.look():
            try:
                _show(path, client.tag(path), as_json=options.json)
            except (ClientError, OSError) as error:
                _problem(path, error)
                # The server refuses the file, or cannot analyse it: only another file is worth another attempt.
                if not hasattr(error, "code"):
                    continue
            seen.add(path, stamp)
        time.sleep(options.every)


def export(client: Client, options: argparse.Namespace) -> int:
    with client.export(options.format, **_filters(options.filter)) as parts:
        _write(parts, options.output)
    return 0


def playlist(client: Client, options: argparse.Namespace) -> int:
    named = {one["name"]: one for one in client.playlists()}
    if options.name is None:
        for one in named.values():
            print(f"{one['name']}\t{one['songs']} songs", flush=True)
        return 0
    if options.name not in named:
        raise ValueError(f"There is no playlist “{options.name}”.")
    playlist_id = named[options.name]["id"]
    if options.refresh:
        client.refresh_playlist(playlist_id)
    _write([client.playlist_file(playlist_id, options.format)], options.output)
    return 0


def songs(client: Client, options: argparse.Namespace) -> int:
    for song in client.songs(**_filters(options.filter)):
        _show(Path(song["file_name"]), song, as_json=options.json)
    return 0


def links(client: Client, options: argparse.Namespace) -> int:
    failed = 0
    for result in client.add_links(*options.links)["results"]:
        song, error = result["song"], result["error"]
        if song is None:
            failed += _problem(result["link"], error["message"] if error else "The server gives no reason.")
            continue
        try:
            _show(result["link"], client.wait(song["id"]), as_json=options.json)
        except ClientError as reason:
            failed += _problem(result["link"], reason)
    return int(failed > 0)


def corrections(client: Client, options: argparse.Namespace) -> int:
    """Prints a line for each row that changes a song or has a problem."""
    report = client.import_corrections(options.table, dry_run=options.dry_run, strict=options.strict)
    for row in report["results"]:
        print(row["row"], row["song"], row["message"] or f"{row['before']} -> {row['after']}", sep="\t", flush=True)
    done = "changed" if report["is_made"] else "would change; nothing was changed"
    print(
        f"{report['changes']} {done}, {report['unchanged']} unchanged, {report['problems']} with a problem",
        file=sys.stderr,
    )
    return int(report["problems"] > 0)


def webhooks(client: Client, options: argparse.Namespace) -> int:
    if options.add is not None:
        made = client.add_webhook(options.add, *(options.event or EVENTS))
        print(f"{made['id']}\t{made['url']}\t{made['secret']}")
        return 0
    if options.delete is not None:
        client.delete_webhook(options.delete)
        return 0
    for one in client.webhooks():
        state = ", ".join(one["events"]) if one["is_active"] else f"off: {one['error_message']}".rstrip(": ")
        print(f"{one['id']}\t{one['url']}\t{state}", flush=True)
    return 0


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from songs_below(path)


def _filters(pairs: Iterable[str]) -> dict[str, Value]:
    filters: dict[str, Value] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"A filter is a name and a value, such as mood=sad, unlike “{pair}”.")
        filters[name] = value
    return filters


def _write(parts: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        return
    # A file that is there was written to its end.
    draft = output.with_name(f"{output.name}.part")
    with draft.open("wb") as file:
        file.writelines(parts)
    draft.replace(output)


def _show(path: Path | str, song: Song, *, as_json: bool) -> None:
    if as_json:
        line: dict[str, Any] = {"path": str(path), **song}
        print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    mood = song["mood"]
    text = f"{mood['name']}\t{mood['confidence']:.0%}" if mood is not None else song["status"]
    print(f"{path}\t{text}", flush=True)


def _problem(path: Path | str, error: Exception | str) -> int:
    print(f"{path}: {error}", file=sys.stderr, flush=True)
    return 1


def _state_file(folder: Path) -> Path:
    """One for each folder, where programs keep what they have to remember."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return base / "countermood" / f"{name}.json"
