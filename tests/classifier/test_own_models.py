"""A network that was trained on own songs becomes a model of the product: added, used, shown, backed up, removed."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from mutagen.flac import FLAC

from classifier import ml_gateway
from classifier.backup.create import backup_create
from classifier.backup.restore import backup_restore
from classifier.charts.song.own_answers import own_comparison
from classifier.jobs.analyse import song_analyse
from classifier.models import OwnModel, Person, Song
from classifier.services.bulk import songs_rerun
from classifier.services.song_submit import song_submit
from tests.architecture.sources import ROOT
from tests.ml.labelled_sounds import folders

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
NOISE = ("tensorflow", "cpu_feature_guard", "cuda", "onednn", "absl", "gpu", "tpu", "rebuild", "xnnpack")


COMMANDS = """
import sys
from ml.training import train
from ml.training.own import predict
place = sys.argv[1]
cache = ["--cache", f"{place}/cache"]
sys.argv = ["train", "--arch", "cnn1d4", "--data", f"{place}/moods", "--out", f"{place}/My Moods", "--epochs", "3",
            "--processes", "1", *cache]
assert train.main() == 0
sys.argv = ["predict", f"{place}/My Moods", f"{place}/moods/sad/0.flac", "--json", *cache]
assert predict.main() == 0
"""
"""In one process, since loading TensorFlow takes longer than all of it."""


@dataclass(frozen=True)
class Trained:
    run: Path
    song: Path
    printed: str
    """What the commands of training wrote to standard error."""
    said: dict[str, float]
    """What `ml.training.own.predict`, with Keras, says of the song."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    place = tmp_path_factory.mktemp("own")
    folders(place / "moods", 8)
    output, printed = train_and_predict(place)
    said = json.loads(output.splitlines()[-1])["chances"]
    return Trained(place / "My Moods", place / "moods" / "sad" / "0.flac", printed, said)


def train_and_predict(place: Path) -> tuple[str, str]:
    """Standard output and standard error."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(place)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path / "var"
    settings.DATA_DIR.mkdir()
    ml_gateway.own_model.cache_clear()
    yield settings.DATA_DIR
    ml_gateway.own_model.cache_clear()


def manage(*words: str) -> str:
    out = StringIO()
    call_command("model", *words, stdout=out, stderr=out)
    return out.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        manage(*words)
    return str(caught.value)


@pytest.fixture
def analysed(trained: Trained, anna: Person) -> Callable[[], Song]:
    """Uploads the song, or queues it again, and analyses it with all models in use."""

    def analysed() -> Song:
        with trained.song.open("rb") as file:
            song, is_new = song_submit(owner=anna, upload=File(file, name="sad.flac"), now=timezone.now())
        if not is_new and song.is_over:
            assert songs_rerun(ids=[song.id], now=timezone.now()) == 1
        song_analyse(song_id=song.id)
        return Song.objects.with_result().get(id=song.id)

    return analysed


def test_training_prints_no_start_up_lines_of_tensorflow(trained: Trained) -> None:
    assert [line for line in trained.printed.splitlines() if any(word in line.lower() for word in NOISE)] == []


def test_the_whole_story(
    trained: Trained, analysed: Callable[[], Song], anna_client: Client, olga_client: Client
) -> None:
    before = analysed()
    assert "own_models" not in before.analysis.detail.answer  # type: ignore[union-attr]

    card = manage("add", str(trained.run))
    assert "my-moods, version" in card
    assert "Trained on: 16 songs by 16 artists" in card
    assert "95 % interval" in card
    assert "my-moods: not in use" in manage("list")
    assert "read by mood-5 and my-moods" in manage("use", "my-moods")
    assert "my-moods: in use" in manage("list")

    # A song from before is offered for another analysis, which says what Keras says.
    page = olga_client.get(reverse("own-models")).content.decode()
    assert "In use: reads new songs." in page
    assert "95 % interval" in page
    assert anna_client.get(reverse("predictions"), {"heard_by": "older"}).json()["count"] == 1
    song = analysed()
    assert anna_client.get(reverse("predictions"), {"heard_by": "older"}).json()["count"] == 0
    assert song.warnings == []
    [said] = song.analysis.detail.answer["own_models"]  # type: ignore[union-attr]
    assert (said["name"], said["version"]) == ("my-moods", OwnModel.objects.get().version)
    assert said["chances"] == pytest.approx(trained.said, abs=2e-3)
    assert said["moods"] == [max(trained.said, key=lambda mood: trained.said[mood])]

    # The product's own answer stays as it is.
    assert song.analysis.name == before.analysis.name  # type: ignore[union-attr]
    page = anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert "Your own models" in page
    assert f"my-moods: <bdi>{said['moods'][0]}</bdi>" in page
    assert anna_client.get(reverse("v1-song", args=[song.id])).json()["own_models"] == [said]
    assert anna_client.get(reverse("prediction", args=[song.id])).json()["own_models"] == [said]
    shipped, own = anna_client.get(reverse("v1-models")).json()["results"]
    assert (shipped["name"], own["name"], own["is_used"], own["moods"]) == (
        "mood-5",
        "my-moods",
        True,
        ["happy", "sad"],
    )
    [row] = csv.DictReader(io.StringIO(exported(anna_client)))
    assert float(row["my-moods: sad"]) == said["chances"]["sad"]

    assert "Removed my-moods" in manage("remove", "my-moods")
    assert not (ml_gateway.own_models_folder() / "my-moods").exists()
    again = analysed()
    assert "own_models" not in again.analysis.detail.answer  # type: ignore[union-attr]
    assert "Your own models" not in anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert "my-moods" not in exported(anna_client)


def exported(client: Client) -> str:
    response: Any = client.get(reverse("songs-csv"))
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_the_comparison_has_the_chances_of_both_songs(trained: Trained, analysed: Callable[[], Song]) -> None:
    manage("add", str(trained.run), "--name", "mine")
    manage("use", "mine")
    answer = analysed().analysis.detail.answer  # type: ignore[union-attr]
    rows = own_comparison(answer, {})
    assert {(row.title, row.b) for row in rows} == {("mine: happy", "–"), ("mine: sad", "–")}
    assert sum(int(row.a.removesuffix(" %")) for row in rows) == pytest.approx(100, abs=1)


def test_tag_prints_what_an_own_model_says(trained: Trained) -> None:
    manage("add", str(trained.run), "--name", "mine")
    out = StringIO()
    call_command("tag", str(trained.song), "--model", "mine", stdout=out, stderr=StringIO())
    likeliest = max(trained.said, key=lambda mood: trained.said[mood])
    assert f"0.flac: {likeliest} ({likeliest} " in out.getvalue()
    assert not Song.objects.exists()
    for words, message in ((["--model", "other"], "no own model"), (["--model", "mine", "--write"], "only prints")):
        with pytest.raises(CommandError) as caught:
            call_command("tag", str(trained.song), *words, stdout=StringIO())
        assert message in str(caught.value)


def test_a_model_that_this_host_lacks_is_a_warning(trained: Trained, analysed: Callable[[], Song]) -> None:
    manage("add", str(trained.run), "--name", "mine")
    manage("use", "mine")
    shutil.rmtree(ml_gateway.own_models_folder() / "mine")
    song = analysed()
    assert song.status == "done"
    [warning] = song.warnings
    assert warning["code"] == "own_model_missing"
    assert "mine" in warning["message"]
    assert "There is no model in" in manage("list")
    # The same command on this host brings the files, since it is the same network.
    manage("add", str(trained.run), "--name", "mine")
    assert analysed().warnings == []


def test_a_copy_of_the_recording_is_read_by_a_model_that_came_later(
    trained: Trained, analysed: Callable[[], Song], anna: Person, tmp_path: Path
) -> None:
    first = analysed()
    manage("add", str(trained.run), "--name", "mine")
    manage("use", "mine")
    retagged = retagged_copy(trained.song, tmp_path / "other.flac")
    other, _ = song_submit(owner=anna, upload=ContentFile(retagged.read_bytes(), "other.flac"), now=timezone.now())
    song_analyse(song_id=other.id)
    song = Song.objects.with_result().get(id=other.id)
    assert song.audio_hash == Song.objects.get(id=first.id).audio_hash
    assert song.analysis.detail.answer["own_models"][0]["name"] == "mine"  # type: ignore[union-attr]


def retagged_copy(song: Path, target: Path) -> Path:
    shutil.copy(song, target)
    tags: Any = FLAC(target)  # type: ignore[no-untyped-call]
    tags["title"] = "Another title"
    tags.save()
    return target


def test_a_run_of_an_earlier_version_is_converted(trained: Trained, tmp_path: Path) -> None:
    """Without the folder that training makes now."""
    run = shutil.copytree(trained.run, tmp_path / "old run", ignore=shutil.ignore_patterns("model"))
    manage("add", str(trained.run), "--name", "new")
    manage("add", str(run))
    old, new = OwnModel.objects.order_by("-name")
    assert (old.name, old.moods) == ("old-run", new.moods)
    assert old.version == new.version


def test_converting_needs_the_training_packages(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shutil.copytree(trained.run, tmp_path / "run", ignore=shutil.ignore_patterns("model"))
    monkeypatch.setitem(sys.modules, "ml.training.own.serving_export", None)
    assert "make setup-training" in refused("add", str(run))


def edit_card(**changes: Any) -> Callable[[Path], None]:
    def edit(run: Path) -> None:
        path = run / "model" / "card.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return edit


def edit_network(**changes: Any) -> Callable[[Path], None]:
    def edit(run: Path) -> None:
        path = run / "model" / "card.json"
        card = json.loads(path.read_text())
        card["network"] |= changes
        path.write_text(json.dumps(card))

    return edit


def write(name: str, content: bytes) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        (run / "model" / name).write_bytes(content)

    return change


def pipe(run: Path) -> None:
    (run / "model" / "card.json").unlink()
    os.mkfifo(run / "model" / "card.json")


def without_model(name: str, content: bytes) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        shutil.rmtree(run / "model")
        (run / name).write_bytes(content)

    return change


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no JSON": (write("card.json", b"{"), "model_corrupt"),
    "deep JSON": (write("card.json", b"[" * 200_000), "model_corrupt"),
    "a huge card": (write("card.json", b" " * 2_000_000), "model_corrupt"),
    "a pipe": (pipe, "model_corrupt"),
    "another format": (edit_card(format_version=9), "model_incompatible"),
    "other features": (edit_card(spec={"sample_rate": 8000}), "model_incompatible"),
    "too many moods": (edit_card(moods=[f"mood {number}" for number in range(99)]), "model_corrupt"),
    "twice the same mood": (edit_card(moods=["sad", "sad"]), "model_corrupt"),
    "a mood with control characters": (edit_card(moods=["sad", "\x1b[2J"]), "model_corrupt"),
    "another golden answer": (edit_card(golden=[[0.9, 0.1]]), "model_corrupt"),
    "no figures": (edit_card(figures={}), "model_corrupt"),
    "an unknown input": (edit_network(view="../../etc/passwd"), "model_incompatible"),
    "a large input": (edit_network(shape=[100_000, 100_000]), "model_corrupt"),
    "a scaler of another shape": (edit_network(mean=[[1.0]] * 3), "model_corrupt"),
    "numbers that are not finite": (edit_network(mean=[[float("nan")]]), "model_corrupt"),
    "another network": (write("network.tflite", b"no network"), "model_corrupt"),
    "an old run, no archive": (without_model("network.keras", b"no archive"), "run_corrupt"),
    "an old run, no card": (without_model("card.json", b"[]"), "run_corrupt"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_or_hostile_run_adds_nothing(trained: Trained, tmp_path: Path, damage: str) -> None:
    change, code = DAMAGED[damage]
    run = shutil.copytree(trained.run, tmp_path / "run")
    change(run)
    message = refused("add", str(run))
    assert message.endswith(f"[{code}]")
    assert not OwnModel.objects.exists()
    assert list(ml_gateway.own_models_folder().iterdir()) == []


def test_the_networks_description_of_itself_is_not_read(trained: Trained, tmp_path: Path) -> None:
    """A Keras archive names classes and functions, which loading it as a model would call."""
    run = shutil.copytree(trained.run, tmp_path / "run", ignore=shutil.ignore_patterns("model"))
    hostile = b'{"module": "os", "class_name": "system"}'
    with zipfile.ZipFile(trained.run / "network.keras") as archive, zipfile.ZipFile(run / "network.keras", "w") as new:
        for name in archive.namelist():
            new.writestr(name, hostile if name == "config.json" else archive.read(name))
    manage("add", str(run))
    assert OwnModel.objects.get().moods == ["happy", "sad"]
    with zipfile.ZipFile(run / "network.keras", "a") as archive:
        archive.writestr("more.py", "raise SystemExit")
    assert "other members" in refused("add", str(run), "--name", "more")


def test_names_are_checked(trained: Trained) -> None:
    manage("add", str(trained.run), "--name", "mine")
    assert "own_model_name" in refused("add", str(trained.run), "--name", "../mine")
    assert "own_model_name" in refused("add", str(trained.run), "--name", "mood-5")
    assert "own_model_unknown" in refused("use", "other")
    assert "own_model_unknown" in refused("remove", "..")
    assert "own_model_unknown" in refused("show", "other")
    assert "run_missing" in refused("add", "/nowhere")
    folder = ml_gateway.own_models_folder() / "mine"
    OwnModel.objects.update(version="0" * 12)
    assert "own_model_exists" in refused("add", str(trained.run), "--name", "mine")
    assert folder.is_dir()


def test_the_shipped_model_alone_is_a_choice(trained: Trained) -> None:
    manage("add", str(trained.run), "--name", "mine")
    manage("use", "mine")
    assert "read by mood-5." in manage("use", "mood-5")
    assert not OwnModel.objects.used().exists()


def test_the_page_is_the_owners(trained: Trained, anna_client: Client, olga_client: Client) -> None:
    manage("add", str(trained.run), "--name", "mine")
    assert anna_client.get(reverse("own-models")).status_code == 403
    assert anna_client.post(reverse("own-models"), {"name": "mine", "use": "yes"}).status_code == 403
    assert olga_client.post(reverse("own-models"), {"name": "mine", "use": "yes"}).status_code == 302
    assert OwnModel.objects.get().is_used
    assert olga_client.post(reverse("own-models"), {"name": "other", "use": "yes"}).status_code == 404
    olga_client.post(reverse("own-models"), {"name": "mine", "use": "no"})
    assert not OwnModel.objects.get().is_used


def test_a_backup_has_the_models(
    trained: Trained, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        DatabaseWrapper, "ensure_connection", lambda self: self.connection or self.connect(), raising=False
    )
    manage("add", str(trained.run), "--name", "mine")
    manage("use", "mine")
    archive = io.BytesIO()
    backup_create(archive, secrets=False, now=timezone.now())
    OwnModel.objects.all().delete()
    settings.DATA_DIR = tmp_path / "elsewhere"
    settings.DATA_DIR.mkdir()
    archive.seek(0)
    backup_restore(archive)
    model = OwnModel.objects.used().get()
    assert ml_gateway.own_model_version(ml_gateway.own_models_folder() / "mine") == model.version
