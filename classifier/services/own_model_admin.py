"""Models that the operator trained on own data: adding them, which of them read new songs, removing them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db import transaction

from classifier import ml_gateway
from classifier.errors import ProductError
from classifier.models import OwnModel
from classifier.own_model_models import MAX_USED
from classifier.uploads.disk_reserve import require_room
from classifier.uploads.stored_files import disk_full_as_error

MODEL_BYTES = 101_000_000
"""The most that a network and its card take."""


def default_name(run: Path) -> str:
    """The name of the run's folder, in the letters that names have."""
    letters = (letter if letter.isascii() and letter.isalnum() else "-" for letter in run.resolve().name.lower())
    return "".join(letters).strip("-")[:32] or "model"


def own_model_add(*, run: Path, name: str, now: datetime) -> OwnModel:
    """Copy the model of a run to this host. It is complete here, or absent; nothing uses it yet.

    On another host of the same installation, only its files are added. Raises ProductError and MoodError.
    """
    _check_name(name)
    folder = ml_gateway.own_models_folder()
    require_room(MODEL_BYTES)
    try:
        with disk_full_as_error():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".adding-") as scratch:
                draft = Path(scratch) / name
                card = ml_gateway.own_model_copy(run, draft)
                version = ml_gateway.own_model_version(draft)
                _check_free(name, version)
                with transaction.atomic():
                    model, _ = OwnModel.objects.get_or_create(
                        name=name, defaults={"version": version, "card": dict(card), "added_at": now}
                    )
                    if not (folder / name).exists():
                        os.rename(draft, folder / name)
    except OSError as error:
        raise ProductError(
            "own_model_unreadable", f"{error.filename or run} cannot be read or written ({error.strerror})."
        ) from error
    return model


def own_models_use(*, names: Sequence[str]) -> list[OwnModel]:
    """Let exactly these models read new songs, beside the one that comes with the product. None are allowed."""
    if len(set(names)) > MAX_USED:
        raise ProductError(
            "own_models_too_many",
            f"You named {len(set(names))} models, and {MAX_USED} can be in use: each takes time for every song.",
        )
    for name in names:
        require_own_model(name)
    with transaction.atomic():
        OwnModel.objects.exclude(name__in=names).update(is_used=False)
        OwnModel.objects.filter(name__in=names).update(is_used=True)
    return list(OwnModel.objects.used())


def own_model_remove(*, name: str) -> None:
    """Also from the disk of this host. What it said of songs stays until they are analysed again."""
    folder = ml_gateway.own_models_folder() / name
    known = bool(ml_gateway.OWN_MODEL_NAME.fullmatch(name)) and folder.is_dir()
    with transaction.atomic():
        deleted, _ = OwnModel.objects.filter(name=name).delete()
        if not deleted and not known:
            raise unknown_own_model(name)
    if known:
        shutil.rmtree(folder)


def require_own_model(name: str) -> OwnModel:
    model = OwnModel.objects.filter(name=name).first()
    if model is None:
        raise unknown_own_model(name)
    return model


def unknown_own_model(name: str) -> ProductError:
    names = ", ".join(OwnModel.objects.values_list("name", flat=True)) or "none"
    return ProductError(
        "own_model_unknown", f"There is no own model “{name[:40]}”: those added are {names}.", HTTPStatus.NOT_FOUND
    )


def _check_name(name: str) -> None:
    if not ml_gateway.OWN_MODEL_NAME.fullmatch(name):
        raise ProductError(
            "own_model_name",
            f"The name is “{name[:40]}”, and 1 to 32 small letters, digits, - and _ are allowed: use --name.",
        )
    if name in ml_gateway.NETWORKS or ml_gateway.installed(name) or name == settings.MODEL_BUNDLE:
        raise ProductError(
            "own_model_name", f"“{name}” is the name of a part of the product: choose another one with --name."
        )


def _check_free(name: str, version: str) -> None:
    taken = set(OwnModel.objects.filter(name=name).values_list("version", flat=True))
    folder = ml_gateway.own_models_folder() / name
    if folder.exists():
        taken.add(ml_gateway.own_model_version(folder))
    if taken - {version}:
        raise ProductError(
            "own_model_exists",
            f"There is another model “{name}”: choose another name with --name, or remove that one first.",
            HTTPStatus.CONFLICT,
        )
