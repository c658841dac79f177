"""The form of a playlist: its rule in fields, and back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext, pgettext_lazy

from classifier import ml_gateway
from classifier.active_words import active_words, shipped_words, word
from classifier.errors import ProductError
from classifier.models import Person, Playlist, SavedFilter, Song
from classifier.playlists.rule import (
    DEFAULT_SONGS,
    FILTER,
    MAX_GAP,
    MAX_MINUTES,
    MAX_SONGS,
    MAX_WEIGHT,
    MIXTURE,
    PATH,
    SIMILAR,
    PathEnd,
    PlaylistRule,
)
from classifier.playlists.rule_values import RANGES
from classifier.playlists.sync import server_sources

ORDERS = [
    (MIXTURE, gettext_lazy("A mixture of moods")),
    (FILTER, gettext_lazy("Songs of a filter")),
    (SIMILAR, gettext_lazy("Songs like some")),
    (PATH, gettext_lazy("A path from one mood to another")),
]
WEIGHTS = [
    ("", "–"),
    ("0.5", gettext_lazy("a little")),
    ("1", gettext_lazy("yes")),
    ("2", gettext_lazy("very")),
    ("3", gettext_lazy("above all")),
    ("-1", gettext_lazy("not")),
    ("-3", gettext_lazy("not at all")),
]

NOT_IN_FORM = ("song_ids", "without_music_genres", "artists", "without_artists")
"""Parts of a rule that other pages set. The form carries them on."""
RANGE_LABELS = {
    "bpm": gettext_lazy("Beats a minute"),
    "year": gettext_lazy("Year"),
    "valence": gettext_lazy("Valence (how pleasant)"),
    "arousal": gettext_lazy("Arousal (how lively)"),
    "duration_s": gettext_lazy("Length in minutes"),
}
MINUTE_S = 60


def _ratings() -> list[tuple[str, str]]:
    more = [(str(number), gettext("%(stars)s or more") % {"stars": number}) for number in range(1, 6)]
    return [("0", gettext("Any")), *more]


def _number(label: Any, least: float, most: float, *, is_whole: bool = True, **options: Any) -> Any:
    kind: Any = forms.IntegerField if is_whole else forms.FloatField
    widget = forms.NumberInput(attrs={"min": f"{least:g}", "max": f"{most:g}", "step": "1" if is_whole else "any"})
    return kind(label=label, min_value=least, max_value=most, required=False, widget=widget, **options)


class PlaylistForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=300, required=False)
    order = forms.ChoiceField(label=gettext_lazy("Songs"), choices=ORDERS, widget=forms.RadioSelect)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    kept = forms.CharField(max_length=40_000, required=False, widget=forms.HiddenInput)
    saved_filter = forms.ChoiceField(label=gettext_lazy("Saved filter"), required=False)
    seeds = forms.MultipleChoiceField(label=gettext_lazy("Songs"), required=False, widget=forms.CheckboxSelectMultiple)
    start = forms.ChoiceField(label=pgettext_lazy("path", "From"), required=False)
    end = forms.ChoiceField(label=pgettext_lazy("path", "To"), required=False)
    key_mode = forms.ChoiceField(
        label=gettext_lazy("Key"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("minor", gettext_lazy("Minor")), ("major", gettext_lazy("Major"))],
    )
    music_genres = forms.CharField(
        label=gettext_lazy("Music genres"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("As in the tags, several with commas."),
    )
    certain_only = forms.BooleanField(label=gettext_lazy("Only certain moods, without “Mixed”"), required=False)
    favourites_only = forms.BooleanField(label=gettext_lazy("Only favourites of a music server"), required=False)
    least_rating = forms.ChoiceField(label=gettext_lazy("Rating on a music server"), choices=_ratings, required=False)
    songs = _number(gettext_lazy("Songs at most"), 1, MAX_SONGS)
    minutes = _number(gettext_lazy("Minutes at most"), 1, MAX_MINUTES)
    artist_gap = _number(gettext_lazy("No artist again within so many songs"), 0, MAX_GAP)
    album_gap = _number(gettext_lazy("No album again within so many songs"), 0, MAX_GAP)
    one_copy = forms.BooleanField(label=gettext_lazy("Each recording once"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Also on a music server"), required=False)
    is_nightly = forms.BooleanField(label=gettext_lazy("Refresh every night"), required=False)

    def __init__(self, owner: Person, data: Any = None, *, songs: Iterable[Song] = (), **options: Any) -> None:
        """`songs` can be chosen as songs to be like, and as ends of a path."""
        super().__init__(data, label_suffix="", use_required_attribute=False, **options)
        self._owner = owner
        titles = [(str(song.id), _title(song)) for song in songs]
        self._choose("seeds", titles)
        ends = {self._value(name).removeprefix("mood:") for name in ("start", "end")}
        moods = [(f"mood:{key}", title) for key, title in _terms(ends)]
        places = [
            ("", gettext("Choose")),
            (gettext("Moods"), moods),
            (gettext("Songs"), [(f"song:{key}", title) for key, title in titles]),
        ]
        for name in ("start", "end"):
            value = self._value(name)
            place = []
            if value.startswith("place:"):
                where = gettext("Valence, arousal: %(place)s") % {"place": value.removeprefix("place:")}
                place = [(value, where)]
            self._choose(name, [*places, *place])
        saved = SavedFilter.objects.for_owner(owner).values_list("id", "name")
        self._choose("saved_filter", [("", pgettext("filter", "None")), *((str(key), name) for key, name in saved)])
        servers = [(str(source.id), source.name) for source in server_sources(owner.id)]
        self._choose("source", [("", gettext("No, only here")), *servers])
        weighted = {term for term in ml_gateway.MOODS if self._value(f"weight_{term}")}
        self._weights = [f"weight_{term}" for term, _ in _terms(weighted)]
        for term, title in _terms(ml_gateway.MOODS):
            name = f"weight_{term}"
            weight = self._value(name)
            other = [(weight, weight)] if _is_number(weight) and weight not in dict(WEIGHTS) else []
            self.fields[name] = forms.ChoiceField(label=title, choices=[*WEIGHTS, *other], required=False)
        for name, (least, most) in RANGES.items():
            scale = MINUTE_S if name == "duration_s" else 1
            for end, text in (("from", gettext("%(range)s, from")), ("to", gettext("%(range)s, to"))):
                label = text % {"range": RANGE_LABELS[name]}
                is_whole = name == "year"
                field = _number(label, least / scale, most / scale, is_whole=is_whole)
                field.widget.attrs["aria-label"] = label
                self.fields[f"{name}_{end}"] = field

    def _value(self, name: str) -> str:
        """As it was sent, or as the form begins."""
        return str((self.data.get(name) if self.is_bound else self.initial.get(name)) or "")

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    # --- Parts for the template ------------------------------------------------------------------

    @property
    def weights(self) -> list[forms.BoundField]:
        return [self[name] for name in self._weights]

    @property
    def ranges(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(str(label), self[f"{name}_from"], self[f"{name}_to"]) for name, label in RANGE_LABELS.items()]

    @property
    def has_servers(self) -> bool:
        field: Any = self.fields["source"]
        return len(field.choices) > 1

    # --- To a rule and back ----------------------------------------------------------------------

    def clean(self) -> None:
        if self.errors:
            return
        try:
            self.cleaned_data["rule"] = self._rule()
        except ProductError as error:
            raise ValidationError(error.message, code=error.code) from None

    def _rule(self) -> PlaylistRule:
        values = self.cleaned_data
        order = values["order"]
        kept = _kept(values["kept"])
        weights = {term: float(values[f"weight_{term}"] or 0) for term in ml_gateway.MOODS}
        rule: dict[str, Any] = kept | {
            "order": order,
            "query": values["query"],
            "saved_filter": int(values["saved_filter"]) if values["saved_filter"] else None,
            "ranges": {name: self._range(name) for name in RANGES},
            "key_mode": values["key_mode"],
            "music_genres": [one.strip() for one in values["music_genres"].split(",")],
            "least_rating": int(values["least_rating"] or 0),
            "weights": {term: weight for term, weight in weights.items() if weight and order == MIXTURE},
            "seeds": values["seeds"] if order == SIMILAR else [],
            "start": _end(values["start"]) if order == PATH else None,
            "end": _end(values["end"]) if order == PATH else None,
            "songs": values["songs"],
            "minutes": values["minutes"],
            "artist_gap": values["artist_gap"] or 0,
            "album_gap": values["album_gap"] or 0,
            **{name: values[name] for name in ("certain_only", "favourites_only", "one_copy")},
        }
        return PlaylistRule.from_json(rule)

    def _range(self, name: str) -> list[float | None]:
        scale = MINUTE_S if name == "duration_s" else 1
        ends = (self.cleaned_data[f"{name}_{end}"] for end in ("from", "to"))
        return [None if end is None else end * scale for end in ends]

    @property
    def source_id(self) -> UUID | None:
        return UUID(self.cleaned_data["source"]) if self.cleaned_data["source"] else None


def initial_of(rule: PlaylistRule, playlist: Playlist | None = None) -> dict[str, Any]:
    """The values of the fields for a rule, and for the playlist that has it."""
    values: dict[str, Any] = {
        name: getattr(rule, name)
        for name in (
            "order", "query", "saved_filter", "key_mode", "certain_only", "favourites_only", "least_rating", "songs",
            "minutes", "artist_gap", "album_gap", "one_copy",
        )
    }  # fmt: skip
    stored = rule.to_json()
    kept = {name: stored[name] for name in NOT_IN_FORM if name in stored}
    values |= {
        "kept": json.dumps(kept) if kept else "",
        "music_genres": ", ".join(rule.music_genres),
        "seeds": [str(one) for one in rule.seeds],
        "start": _end_value(rule.start),
        "end": _end_value(rule.end),
        "is_nightly": True,
    }
    values |= {f"weight_{term}": f"{weight:g}" for term, weight in rule.weights.items()}
    for name, (low, high) in rule.ranges.items():
        scale = MINUTE_S if name == "duration_s" else 1
        ends = {"from": low, "to": high}
        values |= {f"{name}_{end}": f"{value / scale:g}" for end, value in ends.items() if value is not None}
    if playlist is not None:
        values |= {"name": playlist.name, "description": playlist.description, "is_nightly": playlist.is_nightly}
        values["source"] = str(playlist.source_id or "")
    return values


def songs_of_rule(owner: Person, rule: PlaylistRule) -> list[Song]:
    """Those that the form has to name."""
    ids = [*rule.seeds, *(end.song for end in (rule.start, rule.end) if end is not None and end.song is not None)]
    songs = Song.objects.for_owner(owner).in_bulk(ids)
    return [songs[one] for one in dict.fromkeys(ids) if one in songs]


def default_rule(**changes: Any) -> PlaylistRule:
    """What a new form begins with."""
    values: dict[str, Any] = {"order": MIXTURE, "songs": DEFAULT_SONGS, "artist_gap": 2}
    return PlaylistRule(**values | changes)


def _terms(chosen: Collection[str]) -> list[tuple[str, str]]:
    """Each mood with its name once. Of those that the vocabulary merges into others, whose name they have, only the
    chosen ones are there, under the name that they had."""
    shown, language = active_words().shown, get_language() or ""
    return [
        (term, word(term).adjective if shown(term) == term else shipped_words(language).words.adjective(term))
        for term in ml_gateway.MOODS
        if shown(term) == term or term in chosen
    ]


def _title(song: Song) -> str:
    return f"{song.display_title}, {song.artist}" if song.artist else song.display_title


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) <= MAX_WEIGHT
    except ValueError:
        return False


def _kept(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text or "{}")
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ProductError(
            "playlist_rule", gettext("The rule of the playlist was damaged on its way: open the page again.")
        )
    return {name: values[name] for name in NOT_IN_FORM if name in values}


def _end_value(end: PathEnd | None) -> str:
    if end is None:
        return ""
    if end.place is not None:
        return f"place:{end.place[0]:g},{end.place[1]:g}"
    return f"song:{end.song}" if end.song else f"mood:{end.mood}"


def _end(text: str) -> dict[str, Any] | None:
    kind, _, value = text.partition(":")
    if kind == "place":
        try:
            return {"place": [float(number) for number in value.split(",")]}
        except ValueError:
            return {}
    return {kind: value} if value else None
