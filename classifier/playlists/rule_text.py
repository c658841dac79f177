"""A rule in words, for lists and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop, ngettext

from classifier.active_words import word
from classifier.localized import songs_text
from classifier.models import SavedFilter, Song
from classifier.playlists.rule import FILTER, MIXTURE, SIMILAR, PathEnd, PlaylistRule
from classifier.playlists.rule_values import Range

if TYPE_CHECKING:
    from classifier.models import Person

UNITS = {"bpm": gettext_noop("bpm"), "valence": gettext_noop("valence"), "arousal": gettext_noop("arousal")}
WEIGHTS = {
    0.5: gettext_noop("a little %(mood)s"),
    2.0: gettext_noop("very %(mood)s"),
    3.0: gettext_noop("above all %(mood)s"),
}
MAX_NAMES = 3


def rule_text(owner: Person, rule: PlaylistRule) -> str:
    """Such as “Sad, Tender, not Tense; under 100 bpm; minor; 50 songs”. The filter has its own words beside it."""
    parts = [_order_text(owner, rule), *(_range_text(name, ends) for name, ends in rule.ranges.items())]
    if rule.key_mode:
        parts.append(gettext("major") if rule.key_mode == "major" else gettext("minor"))
    parts += [
        gettext("without %(names)s") % {"names": _names(names)}
        for names in (rule.without_music_genres, rule.without_artists)
        if names
    ]
    parts += [_names(names) for names in (rule.music_genres, rule.artists) if names]
    if rule.certain_only:
        parts.append(gettext("certain moods only"))
    if rule.favourites_only:
        parts.append(gettext("favourites only"))
    if rule.least_rating:
        parts.append(gettext("rated %(stars)s or more") % {"stars": rule.least_rating})
    parts.append(_size_text(rule))
    text = "; ".join(filter(None, parts))
    return text[:1].upper() + text[1:]


def _order_text(owner: Person, rule: PlaylistRule) -> str:
    if rule.order == MIXTURE:
        wanted = [_weighted(term, weight) for term, weight in rule.wanted.items()]
        unwanted = [gettext("not %(mood)s") % {"mood": word(term).adjective} for term in rule.unwanted]
        return ", ".join([*wanted, *unwanted])
    if rule.order == SIMILAR:
        return gettext("Songs like %(titles)s") % {"titles": _titles(owner, rule)}
    if rule.order == FILTER:
        return _filter_text(owner, rule)
    assert rule.start is not None
    assert rule.end is not None
    return gettext("A path from %(start)s to %(end)s") % {
        "start": end_text(owner, rule.start),
        "end": end_text(owner, rule.end),
    }


def _weighted(term: str, weight: float) -> str:
    mood = word(term).adjective
    return gettext(WEIGHTS[weight]) % {"mood": mood} if weight in WEIGHTS else mood


def _filter_text(owner: Person, rule: PlaylistRule) -> str:
    if rule.song_ids:
        count = len(rule.song_ids)
        return ngettext("%(count)s selected song", "%(count)s selected songs", count) % {"count": count}
    if rule.saved_filter is not None:
        saved = SavedFilter.objects.for_owner(owner).filter(id=rule.saved_filter).first()
        if saved is None:
            return gettext("A saved filter that was deleted")
        return gettext("The saved filter “%(name)s”") % {"name": saved.name}
    return gettext("Songs of a filter") if rule.query else gettext("All songs")


def end_text(owner: Person, end: PathEnd) -> str:
    if end.place is not None:
        return gettext("valence %(valence)s, arousal %(arousal)s") % {
            "valence": f"{end.place[0]:g}",
            "arousal": f"{end.place[1]:g}",
        }
    if end.song is not None:
        song = Song.objects.for_owner(owner).filter(id=end.song).first()
        return f"“{song.display_title}”" if song else gettext("a song that is gone")
    return word(end.mood).adjective


def _titles(owner: Person, rule: PlaylistRule) -> str:
    songs = Song.objects.for_owner(owner).in_bulk(rule.seeds)
    return _names(
        [f"“{songs[one].display_title}”" if one in songs else gettext("a song that is gone") for one in rule.seeds]
    )


def _names(names: Sequence[str]) -> str:
    first, more = ", ".join(names[:MAX_NAMES]), len(names) - MAX_NAMES
    return gettext("%(names)s and %(count)s more") % {"names": first, "count": more} if more > 0 else first


def _range_text(name: str, ends: Range) -> str:
    low, high = ends
    if name == "duration_s":
        low, high = (None if end is None else round(end / 60, 1) for end in ends)
    values = {"low": f"{low:g}" if low is not None else "", "high": f"{high:g}" if high is not None else ""}
    if low is None:
        text = gettext("up to %(high)s") % values
    elif high is None:
        text = gettext("from %(low)s") % values
    else:
        text = gettext("%(low)s to %(high)s") % values
    if name == "duration_s":
        return gettext("%(range)s min long") % {"range": text}
    return f"{text} {gettext(UNITS[name])}" if name in UNITS else text


def _size_text(rule: PlaylistRule) -> str:
    songs = songs_text(rule.songs) if rule.songs else ""
    minutes = ""
    if rule.minutes:
        minutes = ngettext("%(count)s minute", "%(count)s minutes", rule.minutes) % {"count": rule.minutes}
    if songs and minutes:
        return gettext("%(songs)s or %(minutes)s") % {"songs": songs, "minutes": minutes}
    return songs or minutes
