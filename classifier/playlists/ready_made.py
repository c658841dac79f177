"""Ready-made playlists, computed when they are opened: one for each mood term and each of the ten genres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext

from classifier import ml_gateway
from classifier.active_words import active_words, genre_title, word
from classifier.library.plain_rows import group_counts
from classifier.models import Song
from classifier.playlists.choose import ChosenSong, choose
from classifier.playlists.rule import MIXTURE, PlaylistRule

if TYPE_CHECKING:
    from classifier.models import Person

MOOD, GENRE = "mood", "genre"
LEAST_SONGS = 3


@dataclass(frozen=True)
class ReadyMade:
    key: str
    """In addresses, such as `mood-sad`."""
    rule: PlaylistRule
    songs: int = 0
    """Of the library that have the mood or the genre; the list has the best of them."""

    @property
    def name(self) -> str:
        return word(self.mood).adjective if self.mood else genre_title(self._genre)

    @property
    def description(self) -> str:
        if self.mood:
            return gettext("Songs that are %(description)s.") % {"description": word(self.mood).description}
        return active_words().words.genre_description(self._genre)

    @property
    def _genre(self) -> str:
        return self.key.removeprefix(f"{GENRE}-")

    @property
    def mood(self) -> str:
        """The term; empty for a genre."""
        return self.key.removeprefix(f"{MOOD}-") if self.key.startswith(f"{MOOD}-") else ""


def _of_mood(key: str) -> ReadyMade:
    rule = PlaylistRule(order=MIXTURE, weights={key: 1.0}, query=f"mood={key}", artist_gap=2)
    return ReadyMade(f"{MOOD}-{key}", rule)


def _of_genre(name: str) -> ReadyMade:
    return ReadyMade(f"{GENRE}-{name}", PlaylistRule(query=f"genre={name}&sort=surest", artist_gap=2))


READY_MADE: Mapping[str, ReadyMade] = {
    one.key: one for one in (*map(_of_mood, ml_gateway.MOODS), *map(_of_genre, ml_gateway.GENRES))
}


def fitting_choice(owner: Person, one: ReadyMade) -> tuple[PlaylistRule, list[ChosenSong]]:
    """Its rule and what that chooses; without the space between songs of an artist where the library has too few
    artists for it."""
    spaced = choose(owner, one.rule)
    if len(spaced) == one.rule.most_songs:
        return one.rule, spaced
    rule = replace(one.rule, artist_gap=0)
    close = choose(owner, rule)
    return (rule, close) if len(close) > 2 * len(spaced) else (one.rule, spaced)


def ready_made(owner: Person) -> list[ReadyMade]:
    """Those of which the library has at least LEAST_SONGS songs, in one query."""
    songs = Song.objects.for_owner(owner).with_current_analysis().analysed()
    rows = songs.order_by().values_list(F("effective_primary"), F("effective_secondary"), F("shown_genre"))
    counts: Counter[str] = Counter()
    for (primary, secondary, genre), number in group_counts(rows).items():
        for key in {f"{MOOD}-{primary}", f"{MOOD}-{secondary}", f"{GENRE}-{genre}"}:
            counts[key] += number
    return [
        ReadyMade(one.key, one.rule, counts[one.key]) for one in READY_MADE.values() if counts[one.key] >= LEAST_SONGS
    ]
