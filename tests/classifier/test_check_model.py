"""A model whose networks do not reproduce their golden example analyses no song."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from classifier import ml_gateway
from classifier.jobs.analyse import song_analyse
from classifier.models import Song, Status
from ml.models.runtime import LiteRtRuntime
from tests.architecture.sources import ROOT


@pytest.fixture
def bundle(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A copy of the current bundle, which the product uses."""
    copy = tmp_path / "mood-5"
    shutil.copytree(ROOT / "ml" / "bundles" / "mood-5", copy)
    settings.MODEL_BUNDLES_DIR = tmp_path
    ml_gateway.bundle.cache_clear()
    yield copy
    ml_gateway.bundle.cache_clear()


def check_model(*arguments: str) -> str:
    out = StringIO()
    call_command("check_model", *arguments, stdout=out)
    return out.getvalue()


def changed_golden(bundle: Path, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    with np.load(bundle / "golden.npz") as golden:
        arrays = dict(golden)
    change(arrays)
    np.savez_compressed(bundle / "golden.npz", **arrays)


def test_the_installed_model_reproduces_its_golden_example(bundle: Path) -> None:
    assert check_model() == "mood-5 is complete, and its networks reproduce its golden example.\n"
    assert check_model("mood-5")


@pytest.mark.parametrize("network", ["cnn1d", "cnn2d"])
def test_other_scores_than_those_of_the_golden_example_are_an_error(network: str, bundle: Path) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays[network][0, 3] += 0.01

    changed_golden(bundle, change)
    with pytest.raises(CommandError, match=rf"{network} of mood-5 .* differ .* by 0\.01, .* \[model_corrupt\]"):
        check_model()


def test_scores_that_are_no_numbers_are_an_error(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = LiteRtRuntime.scores
    monkeypatch.setattr(LiteRtRuntime, "scores", lambda self, inputs: scores(self, inputs) * np.nan)
    with pytest.raises(CommandError, match="model_corrupt"):
        check_model()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 half a file", b"no archive at all"])
def test_a_golden_example_that_cannot_be_read_is_an_error(bundle: Path, content: bytes | None) -> None:
    if content is None:
        (bundle / "golden.npz").unlink()
    else:
        (bundle / "golden.npz").write_bytes(content)
    with pytest.raises(CommandError, match=r"golden\.npz.*install the bundle again"):
        check_model()


def test_a_golden_example_of_another_form_is_an_error(bundle: Path) -> None:
    changed_golden(bundle, lambda arrays: arrays.update(cnn1d=arrays["cnn1d"][:, :5]))
    with pytest.raises(CommandError, match="golden example"):
        check_model()


def test_a_model_that_is_not_installed_is_an_error(bundle: Path) -> None:
    with pytest.raises(CommandError, match="model_missing"):
        check_model("mood-99")


@pytest.mark.django_db(transaction=True)
def test_a_song_fails_with_the_reason_before_anything_is_decoded(bundle: Path, song: Song) -> None:
    changed_golden(bundle, lambda arrays: arrays.update(cnn2d=arrays["cnn2d"] + 0.1))
    song_analyse(song_id=song.id)
    failed = Song.objects.get(id=song.id)
    assert (failed.status, failed.error_code) == (Status.FAILED, "model_corrupt")
    assert "golden example" in failed.error_message
