"""Compose the demo songs and write them as Opus files. Prints their names."""

import argparse
import sys
from pathlib import Path

from ml.demo.album import ALBUM, ARTIST, Song
from ml.demo.encoding import write_opus


def write_song(song: Song, folder: Path) -> Path:
    return write_opus(folder / song.file_name, song.play(), title=song.title, artist=ARTIST)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ml.demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write the songs; created if it does not exist")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for song in ALBUM:
        sys.stdout.write(f"{write_song(song, folder).name}\n")


if __name__ == "__main__":
    main()
