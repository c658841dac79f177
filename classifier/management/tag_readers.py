"""What reads the songs of `manage.py tag`: one of the networks or both, and an own model; and in which words."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from classifier import ml_gateway
from classifier.accounts.users import user_named
from classifier.active_words import ActiveWords, shipped_words
from classifier.own_model_models import OWN_MODELS
from classifier.vocabularies.stored import own_words


def readers(model: str, *, storing: bool) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The network whose result is shown, and the own models that read the songs too, with their versions."""
    if model in ml_gateway.NETWORKS:
        return model, ()
    if storing:
        raise CommandError("--model with an own model only prints: leave --store and --write out.")
    try:
        return "both", ((model, ml_gateway.own_model_version(ml_gateway.own_models_folder() / _own_name(model))),)
    except ml_gateway.MoodError as error:
        names = ", ".join(ml_gateway.NETWORKS)
        raise CommandError(
            f"--model is “{model[:40]}”, which is none of {names}, and no own model: {error.message}"
        ) from error


def words_of_option(words: str | None) -> ActiveWords | None:
    """A language, or the own words of a user. None are the names of the model."""
    if not words:
        return None
    if words in ml_gateway.LANGUAGES:
        return shipped_words(words)
    return own_words(user_named(words), "en") or shipped_words("en")


def _own_name(name: str) -> str:
    if not ml_gateway.OWN_MODEL_NAME.fullmatch(name):
        raise ml_gateway.MoodError("model_missing", "manage.py model list has the names of own models.")
    return name


def own_answers_text(answer: dict[str, Any]) -> str:
    """What own models say of a song, or that they say nothing: the warnings of the song tell why."""
    return "; ".join(map(_own_text, answer.get(OWN_MODELS, ()))) or "no answer"


def _own_text(answer: dict[str, Any]) -> str:
    chances = sorted(answer["chances"].items(), key=lambda item: -item[1])
    return f"{' and '.join(answer['moods'])} ({', '.join(f'{mood} {chance:.0%}' for mood, chance in chances)})"
