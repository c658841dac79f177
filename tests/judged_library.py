"""A library whose songs have results of `mood-5` and the moods that an invented person states for them."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from classifier.models import Analysis, AnalysisDetail, Person, Song, Verdict
from classifier.querysets import MOOD_FIELDS, SCORE_FIELDS
from classifier.sort_models import sort_values
from ml.inference.answer import compose_answer
from ml.models.card import Card
from tests.judged_songs import Hearing, judged_songs, more_tense
from tests.shelf import shelve

BASE = "mood-5"


def judged_library(owner: Person, count: int, hearing: Hearing = more_tense) -> list[Song]:
    card = Card.read(settings.MODEL_BUNDLES_DIR / BASE)
    now = timezone.now()
    songs = []
    for number, one in enumerate(judged_songs(count, hearing)):
        song = shelve(
            owner,
            f"Song {number}",
            artist=one.group,
            verdict=Verdict.CORRECTED,
            verdict_at=now,
            actual_primary=one.stated[0],
            actual_secondary=one.stated[1],
        )
        answer = compose_answer(one.models, one.scores, [], card)
        answer |= {"features": {}, "reasons": [], "explanations": {}}
        del answer["segments"]
        Analysis.objects.filter(song=song).update(
            **{name: answer["mood"][name] for name in MOOD_FIELDS},
            **{name: answer["scores"][name] for name in SCORE_FIELDS},
            agreement=answer["agreement"],
        )
        AnalysisDetail.objects.filter(analysis__song=song).update(answer=answer)
        Song.objects.filter(id=song.id).update(**sort_values(answer, BASE))
        songs.append(song)
    return songs
