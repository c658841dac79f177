"""Models that were trained on own data: add, list, use and remove them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classifier import ml_gateway
from classifier.charts.model_quality.headline_metrics import summary_text
from classifier.charts.model_quality.own_model_card import own_model_card
from classifier.errors import ProductError
from classifier.models import OwnModel
from classifier.monitoring.disk import size_text
from classifier.services.own_model_admin import (
    default_name,
    own_model_add,
    own_model_remove,
    own_models_use,
    require_own_model,
)


class Command(BaseCommand):
    help = (
        "Adds networks that were trained by ml.training.train --data to the product, beside the model that comes with "
        "it. They read new songs once they are in use. See docs/own-models.md."
    )
    requires_system_checks = (Tags.security, Tags.files)

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        add = actions.add_parser("add", help="copy the model of a run, test it, and print its card")
        add.add_argument("run", type=Path, metavar="RUN", help="the folder of a finished run")
        add.add_argument("--name", default="", help="the name in the product (default: that of the folder)")
        actions.add_parser("list", help="list the models, which of them are in use, and their figures")
        use = actions.add_parser("use", help="let these models, and no other own ones, read new songs")
        use.add_argument(
            "names", nargs="+", metavar="NAME", help=f"own models; {settings.MODEL_BUNDLE} alone for none of them"
        )
        for action, text in (("show", "print the card of a model"), ("remove", "remove a model and its files")):
            one = actions.add_parser(action, help=text)
            one.add_argument("name", metavar="NAME")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(options)
        except (ProductError, ml_gateway.MoodError) as error:
            raise CommandError(f"{error.message} [{error.code}]") from error

    def _add(self, options: dict[str, Any]) -> None:
        run: Path = options["run"]
        model = own_model_add(run=run, name=options["name"] or default_name(run), now=timezone.now())
        self._print_card(model)
        self.stdout.write(f"\nUse it for new songs: python manage.py model use {model.name}")

    def _list(self, options: dict[str, Any]) -> None:
        shipped = settings.MODEL_BUNDLE
        self.stdout.write(f"{shipped}: comes with the product, reads every song. {self._shipped_summary()}")
        for model in OwnModel.objects.all():
            card = own_model_card(model.card)
            state = "in use" if model.is_used else "not in use"
            figures = (
                f"{card.accuracy.text} right ({card.accuracy.interval}; always the most frequent: {card.baseline})"
            )
            self.stdout.write(
                f"{model.name}: {state}, version {model.version}, {_place(model)}. Moods: {', '.join(model.moods)}. "
                f"On songs by other artists: {figures}."
            )

    def _use(self, options: dict[str, Any]) -> None:
        names = [name for name in options["names"] if name != settings.MODEL_BUNDLE]
        used = own_models_use(names=names)
        for model in used:
            if problem := _problem(model):
                self.stderr.write(self.style.WARNING(f"{model.name}: {problem}"))
        readers = " and ".join([settings.MODEL_BUNDLE, *(model.name for model in used)])
        self.stdout.write(f"New songs are read by {readers}. Other songs: analyse them again (docs/own-models.md).")

    def _show(self, options: dict[str, Any]) -> None:
        self._print_card(require_own_model(options["name"]))

    def _remove(self, options: dict[str, Any]) -> None:
        own_model_remove(name=options["name"])
        self.stdout.write(f"Removed {options['name']}. What it said of songs stays until they are analysed again.")

    def _print_card(self, model: OwnModel) -> None:
        card = own_model_card(model.card)
        self.stdout.write(f"{model.name}, version {model.version}")
        for name, text in card.facts:
            self.stdout.write(f"  {name}: {text}")
        for mood in card.moods:
            self.stdout.write(f"  {mood.name}: {mood.songs} songs, precision {mood.precision}, recall {mood.recall}")
        if not card.is_better:
            self.stdout.write("  It was not shown to be better than always naming the most frequent mood.")
        if card.warning:
            self.stdout.write(f"  {card.warning}")

    def _shipped_summary(self) -> str:
        try:
            return summary_text(ml_gateway.model_card())
        except ml_gateway.MoodError as error:
            return error.message


def _problem(model: OwnModel) -> str:
    """Why this host cannot run it; empty if it can. Loads no network."""
    try:
        here = ml_gateway.own_model_version(ml_gateway.own_models_folder() / model.name)
    except ml_gateway.MoodError as error:
        return error.message
    return "" if here == model.version else f"the version on this host is {here}, not {model.version}."


def _place(model: OwnModel) -> str:
    if problem := _problem(model):
        return f"not usable on this host ({problem.rstrip('.')})"
    folder = ml_gateway.own_models_folder() / model.name
    return size_text(sum(path.stat().st_size for path in folder.iterdir()))
