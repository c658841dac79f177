"""The command `countermood`: a server's songs from another machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from countermood_client import commands
from countermood_client.calls import FORMATS, PLAYLIST_FORMATS
from countermood_client.client import Client
from countermood_client.errors import ClientError

URL_VARIABLE, TOKEN_VARIABLE = "COUNTERMOOD_URL", "COUNTERMOOD_TOKEN"


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    url, token = options.url or os.environ.get(URL_VARIABLE), options.token or os.environ.get(TOKEN_VARIABLE)
    if not url or not token:
        parser.error(f"Name the server and a token: --url and --token, or {URL_VARIABLE} and {TOKEN_VARIABLE}.")
    run: Callable[[Client, argparse.Namespace], int] = options.run
    try:
        with Client(url, token) as client:
            return run(client, options)
    except (ClientError, OSError, ValueError) as error:
        print(f"countermood: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="countermood", description="Tag songs with the moods of a Countermood server."
    )
    parser.add_argument("--url", help=f"the address of the server; by default ${URL_VARIABLE}")
    parser.add_argument("--token", help=f"a token of the page “API tokens”; better in ${TOKEN_VARIABLE}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run: Callable[[Client, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = subparsers.add_parser(run.__name__, help=text, description=text)
        one.set_defaults(run=run)
        return one

    one = command(commands.tag, "Upload files and folders, and print the mood of each song.")
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    one.add_argument("--json", action="store_true", help="print a JSON object for each song")

    one = command(commands.watch, "Upload each song that comes into a folder, and print its mood.")
    one.add_argument("folder", type=Path)
    one.add_argument("--every", type=_seconds, default=10.0, metavar="SECONDS", help="how often to look (10)")
    one.add_argument("--state", type=Path, metavar="FILE", help="where to note what was uploaded")
    one.add_argument("--json", action="store_true", help="print a JSON object for each song")

    one = command(commands.playlist, "Print a playlist as a file for other programs, or the names of all playlists.")
    one.add_argument("name", nargs="?")
    one.add_argument("--refresh", action="store_true", help="choose its songs again first")
    one.add_argument("--format", choices=PLAYLIST_FORMATS, default="m3u8")
    one.add_argument("--output", type=Path, metavar="FILE", help="by default standard output")

    one = command(commands.links, "Add songs from links to audio files, and print the mood of each.")
    one.add_argument("links", nargs="+", metavar="LINK")
    one.add_argument("--json", action="store_true", help="print a JSON object for each song")

    one = command(commands.corrections, "State the moods of a table, such as an export in CSV, and print its report.")
    one.add_argument("table", type=Path, metavar="FILE")
    one.add_argument("--dry-run", action="store_true", help="only print what would change")
    one.add_argument("--strict", action="store_true", help="change nothing if any row has a problem")

    one = command(commands.webhooks, "Print the webhooks; or add or delete one.")
    one.add_argument("--add", metavar="URL", help="add one, and print its secret")
    one.add_argument("--event", action="append", metavar="NAME", help="such as song.done; by default all of them")
    one.add_argument("--delete", metavar="ID")

    for run, text in (
        (commands.songs, "Print songs and their moods."),
        (commands.export, "Save songs, moods and features to a file."),
    ):
        one = command(run, text)
        one.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="such as mood=sad")
        if run is commands.export:
            one.add_argument("--format", choices=FORMATS, default="csv")
            one.add_argument("--output", type=Path, metavar="FILE", help="by default standard output")
        else:
            one.add_argument("--json", action="store_true", help="print a JSON object for each song")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("must be from 0.1 to 86400")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
