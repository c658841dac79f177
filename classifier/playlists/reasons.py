"""Why a song is in a playlist, in a few plain words: the moods that were asked for, then what else is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import active_words, word
from classifier.localized import grouped, key_name
from classifier.models import Song
from classifier.playlists.path import Line
from classifier.playlists.rule import PlaylistRule
from classifier.playlists.similar_songs import PROFILE_COLUMNS, PROFILE_SCALES
from classifier.sort_models import MOOD_COLUMNS

Reason = Callable[[Song, int, float], str]
"""Of a song, its place in the list (0 is the first) and its distance."""

MAX_TITLE = 60
IN_COMMON = 2


def mixture_reason(rule: PlaylistRule) -> Reason:
    def reason(song: Song, place: int, distance: float) -> str:
        wanted = [_chance_text(song, term) for term in rule.wanted]
        unwanted = [gettext("%(chance)s only") % {"chance": _chance_text(song, term)} for term in rule.unwanted]
        return _joined(*wanted, *unwanted, *_sound_texts(song))

    return reason


def filter_reason(song: Song, place: int, distance: float) -> str:
    return _joined(_mood_text(song), *_sound_texts(song))


def similar_reason(seeds: Sequence[Song]) -> Reason:
    """The terms in which the song and the others are most alike, of those that are high in both."""
    titles = [f"“{seed.display_title[:MAX_TITLE]}”" for seed in seeds[:2]]
    if len(seeds) == 1:
        like = gettext("like %(title)s") % {"title": titles[0]}
    elif len(seeds) == 2:
        like = gettext("like %(first)s and %(second)s") % {"first": titles[0], "second": titles[1]}
    else:
        like = gettext("like %(title)s and %(count)s more") % {"title": titles[0], "count": len(seeds) - 1}

    def reason(song: Song, place: int, distance: float) -> str:
        both = []
        for term, column, scale in zip(ml_gateway.MOODS, PROFILE_COLUMNS, PROFILE_SCALES, strict=False):
            of_seeds = sum(getattr(seed, column) for seed in seeds) / len(seeds)
            both.append((min(getattr(song, column), of_seeds) / scale, term))
        terms = [term for _, term in sorted(both, reverse=True)[:IN_COMMON]]
        chances = (_chance_text(song, one) for one in terms)
        first = gettext("Distance %(distance)s: %(like)s") % {"distance": grouped(distance, 2), "like": like}
        return _joined(first, *chances, *_sound_texts(song))

    return reason


@dataclass(frozen=True)
class PathReason:
    line: Line
    number: int

    def __call__(self, song: Song, place: int, distance: float) -> str:
        return path_text(self.line.share(song.sort_valence or 5.0, song.sort_arousal or 5.0), song)


def path_text(share: float, song: Song) -> str:
    """`share` is how much of the way lies behind the song, 0 to 1."""
    along = gettext("%(percent)s %% of the way") % {"percent": min(max(round(100 * share), 0), 100)}
    where = gettext("valence %(valence)s, arousal %(arousal)s") % {
        "valence": grouped(song.sort_valence or 0.0, 1),
        "arousal": grouped(song.sort_arousal or 0.0, 1),
    }
    return _joined(along, where, _mood_text(song))


def _chance_text(song: Song, term: str) -> str:
    chance = getattr(song, MOOD_COLUMNS[term])
    return f"{word(term).adjective} {round(100 * chance)} %"


def _mood_text(song: Song) -> str:
    """The mood that the user stated, else that of the result."""
    if song.actual_primary:
        stated = dict.fromkeys(map(active_words().shown, filter(None, (song.actual_primary, song.actual_secondary))))
        return gettext("%(mood)s (as you said)") % {"mood": active_words().name(*stated)}
    analysis = song.analysis
    return f"{analysis.shown_name} {round(100 * analysis.shown_mood['confidence'])} %" if analysis is not None else ""


def _sound_texts(song: Song) -> list[str]:
    texts = []
    if song.sort_tempo is not None:
        texts.append(f"{round(song.sort_tempo)} bpm")
    if song.sort_key is not None:
        texts.append(key_name(song.sort_key // 2, 1 - song.sort_key % 2))
    return texts


def _joined(*texts: str) -> str:
    return ", ".join(filter(None, texts))
