"""Composes the demo songs and writes them as FLAC files: `python -m ml.demo FOLDER`. Prints their names."""

import argparse
import sys
from pathlib import Path

from ml.demo.album import ALBUM, ARTIST
from ml.demo.writing import write_flac


def write(number: int, folder: Path) -> str:
    song = ALBUM[number]
    return write_flac(folder / song.file_name, song.play(), title=song.title, artist=ARTIST).name


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ml.demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the songs go; it is made if it is not there")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(len(ALBUM)):
        sys.stdout.write(f"{write(number, folder)}\n")


if __name__ == "__main__":
    main()
