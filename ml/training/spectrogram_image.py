"""Mel spectrogram images of songs, and mood predictions from such images.

    python -m ml.training.spectrogram_image song.mp3 song.png                        # draws it
    python -m ml.training.spectrogram_image song.png --run var/training/own/lenet5   # predicts its mood

The same from Python:

    generate_spectrogram("song.mp3", "song.png")
    mood, confidences = predict_mood("song.png", run="var/training/own/lenet5")

Make a run with `python -m ml.training.train --arch lenet5 --data DIR --out var/training/own/lenet5`; any network with
mel images as input works. The prediction from the image is the same as from the song.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError
from scipy.spatial import cKDTree

from ml.audio.decoding import DecodingInfo, decode
from ml.errors import MoodError
from ml.features.extraction import extract, to_decibels
from ml.features.spectrogram_image import colour_map, spectrogram_png
from ml.inference.network_inputs import cut_image, resized
from ml.spec import SPEC, AudioSpec
from ml.training.older_networks import ARCHITECTURES
from ml.training.older_networks.input_views import INPUT_VIEWS
from ml.training.own.run import CARD, Run

Pathlike = str | os.PathLike[str]

RUNS = Path("var/training/own")
MEL_IMAGE = "mel_image"
MAX_COLOUR_DISTANCE = 40.0
"""Mean colour distance (of 255) above which an image is read by brightness."""


class ImagePrediction(NamedTuple):
    """The prediction for an image."""

    mood: str
    """The most probable mood."""
    confidences: dict[str, float]
    """By mood, 0..1, highest first; they sum to 1 unless songs may have several moods."""


def generate_spectrogram(
    audio: Pathlike, image: Pathlike, *, width: int | None = None, height: int | None = None, spec: AudioSpec = SPEC
) -> Path:
    """Draws a song's log-mel spectrogram as a PNG, low bands at the bottom, and returns its path.

    A column is one step (32 a second) and a row is one band, so the image has all of the network's input. `width` and
    `height` (pixels) draw another size. The loudest point is brightest; 80 dB below it is black.

    Raises MoodError: picture_name if `image` does not end in .png; and those of `ml.audio.decoding.decode`.
    """
    place = Path(image)
    if place.suffix.lower() != ".png":
        raise MoodError("picture_name", f"“{place.name}” does not end in .png. Spectrograms are written as PNG only.")
    mel = to_decibels(extract(decode(audio, DecodingInfo(), spec), spec).mel, spec)
    png = spectrogram_png(mel.T, width or len(mel), height or mel.shape[1])
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(png)
    partial.rename(place)
    return place


def predict_mood(image: Pathlike, run: Pathlike | None = None) -> ImagePrediction:
    """Predicts the mood of a mel spectrogram image with a trained run; default: the newest in `RUNS`.

    An image with one row for each band is cut into pieces of ten seconds, like the song; one of another height is a
    single piece. Images with other colours than those of `generate_spectrogram` are read by brightness.

    Raises MoodError: picture_missing, picture_unreadable, run_missing, run_corrupt, run_reads_no_pictures.
    """
    levels = read_image(Path(image))
    trained = Run.open(Path(run)) if run is not None else newest_run(RUNS)
    if trained.architecture.view != MEL_IMAGE:
        reads = INPUT_VIEWS[trained.architecture.view].title
        problem = f"{trained.folder} is {trained.architecture.title}, whose input is {reads}"
        raise MoodError("run_reads_no_pictures", f"{problem}. Choose a run that reads mel images. {_make_one()}")
    shape, spec = trained.architecture.shape, trained.spec
    if levels.shape[0] == spec.n_mels:
        pieces = cut_image(levels, shape, spec)
    else:
        pieces = resized(levels, shape[0], shape[1])[None, :, :, None] / np.float32(255)
    from ml.training.own.training_loop import song_chances  # loads TensorFlow

    probabilities = song_chances(trained.network, trained.scaler, [pieces], trained.vote)[0]
    order = np.argsort(-probabilities, kind="stable")
    return ImagePrediction(
        trained.moods[order[0]], {trained.moods[number]: round(float(probabilities[number]), 4) for number in order}
    )


def newest_run(folder: Path) -> Run:
    """The newest run in `folder` that reads mel images. Raises MoodError("run_missing")."""
    cards = sorted(folder.glob(f"*/{CARD}"), key=lambda card: card.stat().st_mtime, reverse=True)
    runs = (Run.open(card.parent) for card in cards)
    newest = next((run for run in runs if run.architecture.view == MEL_IMAGE), None)
    if newest is None:
        raise MoodError("run_missing", f"No run in {folder} reads mel images. {_make_one()}")
    return newest


def read_image(place: Path) -> np.ndarray:
    """The levels of an image, uint8 (height, width), 255 the loudest.

    Raises MoodError: picture_missing, picture_unreadable.
    """
    try:
        with Image.open(place) as opened:
            opened.load()
            return _levels(opened)
    except FileNotFoundError:
        raise MoodError("picture_missing", f"{place} does not exist. generate_spectrogram makes images.") from None
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise MoodError("picture_unreadable", f"{place} cannot be read as an image ({error}). Use a PNG.") from error


def _levels(image: Image.Image) -> np.ndarray:
    colours = colour_map()
    if image.mode == "P" and image.getpalette() == colours.ravel().tolist():
        return np.asarray(image)
    rgb = np.asarray(image.convert("RGB"))
    if (rgb == rgb[..., :1]).all():
        return rgb[..., 0]
    distance, level = cKDTree(colours).query(rgb.reshape(-1, 3))
    if distance.mean() > MAX_COLOUR_DISTANCE:
        return np.asarray(image.convert("L"))
    return level.astype(np.uint8).reshape(rgb.shape[:2])


def _make_one() -> str:
    names = ", ".join(name for name, one in ARCHITECTURES.items() if one.view == MEL_IMAGE)
    return f"Make one: python -m ml.training.train --data DIR --out {RUNS}/NAME --arch one of {names}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="a song to draw, or an image to predict if it is the only argument")
    parser.add_argument("image", type=Path, nargs="?", help="the PNG to draw the song to")
    parser.add_argument("--run", type=Path, help=f"a trained run; default: the newest in {RUNS}/ that reads mel images")
    args = parser.parse_args()
    try:
        if args.image is not None:
            print(generate_spectrogram(args.source, args.image))
            return
        prediction = predict_mood(args.source, args.run)
    except MoodError as error:
        sys.exit(error.message)
    print(prediction.mood)
    for mood, confidence in prediction.confidences.items():
        print(f"  {mood}: {confidence:.0%}")


if __name__ == "__main__":
    main()
