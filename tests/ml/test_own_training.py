"""Training, reporting and prediction on own data by the commands."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from ml.errors import MoodError
from ml.training import train
from ml.training.older_networks import architecture
from ml.training.own import predict
from ml.training.own.command import dataset_name
from ml.training.own.label_files import read_collection
from ml.training.own.run import Run
from ml.training.own.run_report import report_run
from ml.training.own.run_request import TrainingRequest
from tests.ml.labelled_sounds import folders, song

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's and Keras's own, on import and on saving
]
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of two moods, eight songs each, and a cache that all tests share."""
    path = tmp_path_factory.mktemp("own")
    folders(path / "moods", 8)
    return path


def typed(place: Path, data: Path, out: str, *more: str) -> int:
    """Types the command, and returns its exit status."""
    words = ["--arch", "cnn1d4", "--data", str(data), "--out", str(place / out), "--epochs", "3", *more]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["train", *words, "--cache", str(place / "cache"), "--processes", "1"])
        return train.main()


def predictions(place: Path, run: str, *songs: str) -> int:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["predict", str(place / run), *songs, "--cache", str(place / "cache")])
        return predict.main()


@pytest.fixture(scope="module")
def made(place: Path) -> Path:
    assert typed(place, place / "moods", "run") == 0
    return place / "run"


def test_training_on_mood_folders_makes_a_run_with_a_card(made: Path) -> None:
    card = Run.open(made).card
    assert card["moods"] == ["happy", "sad"]
    assert card["data"] | {"notes": []} == {
        "songs": 16, "artists": 16, "artists_unknown": 0, "left_out": 0, "notes": []
    }  # fmt: skip
    assert card["architecture"]["start"] == "from scratch"
    assert card["command"].startswith("python -m ml.training.train --arch cnn1d4 --data ")
    assert card["training"]["seed"] == 0
    assert "Yours" in card["licence"]
    assert {"python", "keras", "tensorflow"} <= set(card["versions"])
    assert 0 <= card["figures"]["accuracy"]["low"] <= card["figures"]["accuracy"]["high"] <= 1


def test_only_test_songs_have_chances_and_artists_are_kept_apart(made: Path) -> None:
    with (made / "songs.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["part"] for row in rows} == {"train", "validation", "test"}
    assert all(bool(row["chance: sad"]) == (row["part"] == "test") for row in rows)
    assert Run.open(made).card["figures"]["songs"] == sum(row["part"] == "test" for row in rows)
    parts: dict[str, set[str]] = {}
    for row in rows:
        parts.setdefault(row["artist"], set()).add(row["part"])
    assert all(len(result) == 1 for result in parts.values())


def test_a_run_has_plots_and_a_report(made: Path) -> None:
    plots = {path.stem for path in (made / "pictures").iterdir() if path.read_bytes().startswith(PNG)}
    assert plots == {"history", "confusion", "reliability", "coverage", "spectrograms", "features"}
    text = (made / "report.md").read_text()
    assert "| happy | " in text
    assert "- Trained from scratch, for 3 epochs" in text
    assert "pictures/confusion.png" in text
    assert (made / "separation.csv").read_text().startswith("mood,other_mood,feature,cliffs_delta\nhappy,sad,")


def test_a_damaged_run_is_reported(made: Path, tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes((made / "card.json").read_bytes())
    (tmp_path / "songs.csv").write_bytes((made / "songs.csv").read_bytes())
    (tmp_path / "songs.npz").write_bytes((made / "songs.npz").read_bytes()[:999])
    with pytest.raises(MoodError) as caught:
        report_run(tmp_path)
    assert caught.value.code == "run_corrupt"


def test_a_run_is_named_after_its_data(tmp_path: Path) -> None:
    (tmp_path / "live.2020").mkdir()
    (tmp_path / "live.2020" / "labels.csv").touch()
    (tmp_path / "songs.csv").touch()
    names = [dataset_name(tmp_path / name) for name in ("live.2020", "live.2020/labels.csv", "songs.csv")]
    assert names == ["live.2020", "live.2020", "songs"]


def test_an_interrupted_run_does_not_resume_from_other_weights(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody put a file of weights there, or took it away, after the first epoch."""
    (place / "other.partial" / "network-0" / "backup").mkdir(parents=True)
    collection = read_collection(place / "moods")
    request = TrainingRequest(architecture("cnn1d4"), place / "moods", place / "other", "", epochs=3)
    begun = request.settings(collection) | {"weights to start from": "from ImageNet's weights in a.h5"}
    (place / "other.partial" / "settings.json").write_text(json.dumps(begun))
    assert typed(place, place / "moods", "other") == 1
    assert "different weights to start from" in capsys.readouterr().err


def test_a_finished_run_has_no_temporary_files(made: Path) -> None:
    assert not made.with_name("run.partial").exists()
    assert {path.name for path in made.iterdir()} == {
        "network.keras", "scaler.json", "epochs.csv", "card.json", "songs.csv", "songs.npz",
        "pictures", "report.md", "summary.csv", "separation.csv", "model",
    }  # fmt: skip
    assert {path.name for path in (made / "model").iterdir()} == {"card.json", "network.tflite"}


def test_the_report_does_not_need_the_songs(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "pictures" / "coverage.png").unlink()
    report_run(made)
    assert (made / "pictures" / "coverage.png").exists()
    assert "Macro-F1" in capsys.readouterr().out


def test_the_same_command_does_not_train_again(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (made / "network.keras").stat().st_mtime_ns
    assert typed(made.parent, made.parent / "moods", "run") == 0
    assert "already done" in capsys.readouterr().out
    assert (made / "network.keras").stat().st_mtime_ns == before


def test_another_command_does_not_overwrite_it(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(made.parent, made.parent / "moods", "run", "--seed", "7") == 1
    assert "different seed" in capsys.readouterr().err


def test_prediction_continues_after_an_unreadable_song(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sad = made.parent / "moods" / "sad" / "0.flac"
    assert predictions(made.parent, "run", "gone.mp3", str(sad), "--json") == 1
    missing, stored_features = map(json.loads, capsys.readouterr().out.splitlines())
    assert missing["error"]["code"] == "file_missing"
    assert stored_features["moods"][0] in ("happy", "sad")
    assert sum(stored_features["chances"].values()) == pytest.approx(1, abs=1e-3)


def test_training_resumes_after_ctrl_c(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ml.training.own import training_loop

    calls: list[Path] = []
    whole = training_loop.fit

    def interrupted(*arguments: object, **more: object) -> object:
        calls.append(arguments[6])  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(training_loop, "fit", interrupted)
    command = (place, place / "moods", "folds", "--folds", "2")
    assert typed(*command) == 130
    assert "resume" in capsys.readouterr().err
    assert not (place / "folds").exists()
    first = (place / "folds.partial" / "network-0" / "network.keras").stat().st_mtime_ns
    assert typed(*command[:-1], "3") == 1
    assert "different number of folds" in capsys.readouterr().err
    assert (place / "folds.partial" / "network-0" / "network.keras").stat().st_mtime_ns == first
    assert typed(*command) == 0
    card = Run.open(place / "folds").card
    assert card["figures"]["songs"] == 16
    assert card["training"]["kept"] == "one more, trained on all songs"


def test_a_run_interrupted_before_its_first_epoch_is_replaced(place: Path) -> None:
    (place / "early.partial" / "network-0").mkdir(parents=True)
    (place / "early.partial" / "settings.json").write_text('{"seed": 5}')
    assert typed(place, place / "moods", "early") == 0
    assert Run.open(place / "early").card["training"]["seed"] == 0


def test_bad_rows_are_left_out_and_listed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "broken.mp3").write_bytes(b"no sound at all" * 99)
    rows = [f"moods/{mood}/{number}.flac,{mood};music" for mood in ("happy", "sad") for number in range(8)]
    table = place / "songs.csv"
    table.write_text("\n".join(["file,moods", *rows, "gone.mp3,sad", "broken.mp3,sad"]))
    assert typed(place, table, "table", "--strict") == 1
    assert "1 of the listed songs cannot be used" in capsys.readouterr().err
    assert not (place / "table.partial").exists()
    assert typed(place, table, "table") == 0
    with (place / "table" / "problems.csv").open(newline="") as handle:
        problems = [(row["place"], row["code"]) for row in csv.DictReader(handle)]
    assert problems == [("row 18", "file_missing"), ("row 19", "audio_unreadable")]
    card = Run.open(place / "table").card
    assert card["several_moods"]
    assert card["moods"] == ["happy", "music", "sad"]
    capsys.readouterr()
    assert predictions(place, "table", str(place / "moods" / "happy" / "1.flac")) == 0
    assert "music" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("count", "moods", "words"), [(3, ("happy", "sad"), "needs 6 songs"), (6, ("sad",), "two moods")]
)
def test_unusable_data_leaves_no_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int, moods: tuple[str, ...], words: str
) -> None:
    folders(tmp_path / "moods", count, moods)
    assert typed(tmp_path, tmp_path / "moods", "run") == 1
    assert words in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"moods"}


def test_too_few_readable_songs_are_reported_and_leave_no_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders(tmp_path / "moods", 6)
    (tmp_path / "moods" / "sad" / "5.flac").write_bytes(b"fLaC and then nothing")
    assert typed(tmp_path, tmp_path / "moods", "run") == 1
    output = capsys.readouterr()
    assert "sad/5.flac: " in output.out
    assert "“sad” has 5" in output.err
    assert not list(tmp_path.glob("run*"))


def test_other_folders_are_not_overwritten(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song(place / "mine" / "song.flac", "sad", 1)
    assert typed(place, place / "moods", "mine") == 1
    assert "is not a run" in capsys.readouterr().err
    assert [path.name for path in (place / "mine").iterdir()] == ["song.flac"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "x"], "needed together"),
        (["--arch", "cnn1d", "--data", "x", "--folds", "1"], "from 2 to 20"),
        (["--arch", "cnn1d", "--data", "x", "--validation-share", "0.9"], "from 0.05 to 0.5"),
        (["--arch", "cnn1d", "--data", "x", "--epochs", "0"], "1 or more"),
        (["--arch", "cnn1d", "--data", "x", "--processes", "0"], "1 or more"),
        (["--folds", "5", "--strict"], "--folds and --strict can only be used with --arch and --data"),
    ],
)
def test_invalid_options_are_rejected(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *words])
    with pytest.raises(SystemExit):
        train.main()
    assert message in capsys.readouterr().err


def test_an_unknown_network_name_lists_all_networks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", "--arch", "alexnet", "--data", "x"])
    assert train.main() == 1
    assert "residual_cnn" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("card", "code"), [(None, "run_missing"), ("no json", "run_corrupt"), ('{"format": 1}', "run_corrupt")]
)
def test_invalid_runs_have_their_own_errors(tmp_path: Path, card: str | None, code: str) -> None:
    if card is not None:
        (tmp_path / "card.json").write_text(card)
    with pytest.raises(MoodError) as caught:
        Run.open(tmp_path)
    assert caught.value.code == code
