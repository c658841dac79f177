"""The grammar of sentences that ask for songs: "sad but hopeful, under 100 bpm, no rap".

A sentence is read from left to right. At each word the longest name of the library counts, else the longest known
phrase; what no rule reads is not understood. The same sentence and library always give the same reading.

- "not", "very" and the like count for the next mood, genre, artist or range; "not" also through "or", "and" and "nor"
  for those after it. After "no" and "without" it counts through a list with commas whose last two are so joined.
- "but", a comma or another stop ends them.
"""

from __future__ import annotations

from typing import Any

from classifier.sentences.amounts import SONG_WORDS
from classifier.sentences.lexicon import Role
from classifier.sentences.meaning import LESS, NOT, PLAIN, VERY, Kind, Part, Reading
from classifier.sentences.merging import merged
from classifier.sentences.names import Names
from classifier.sentences.quantities import quantity_at
from classifier.sentences.tokens import MAX_CHARACTERS
from classifier.sentences.typed_words import TypedWords

JOINS = frozenset({"and", "or", "nor", "&", "+"})
PATH_STARTS = frozenset({"from", "starting", "start", "starts", "begin", "begins", "beginning", "going"})
PATH_TURNS = frozenset({"to", "into", "towards", "toward", "ending", "end", "ends", "finish", "finishing"})
PATH_FILLERS = frozenset({"with", "in", "from", "at", "a", "the", "something", "very"})
PATH_JOINS = frozenset({"and", "then"})
OPPOSITE_MODES = {"minor": "major", "major": "minor"}
KIND_OF_ROLE = {Role.TEMPO: Kind.TEMPO, Role.LENGTH: Kind.LENGTH, Role.YEAR: Kind.YEAR}
LISTED = frozenset({Role.MOOD, Role.MORE_OF_MOOD, Role.MUSIC_GENRE})

Ends = tuple[float | None, float | None]
Unread = tuple[int, int]
"""The first word that no rule has read, and the one after the last."""


def read_sentence(text: str, names: Names) -> Reading:
    """What a sentence asks for; of a longer one, its first MAX_CHARACTERS."""
    return _Reader(text[:MAX_CHARACTERS], names).read()


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._words = TypedWords(text, names)
        self._at = 0
        self._parts: list[Part] = []
        self._unread: list[Unread] = []
        # What counts for the next item, and where its words begin.
        self._degree, self._is_negated, self._prefix = PLAIN, False, -1
        # Whether the last item was negated, and by a word that goes on through a list.
        self._was_negated, self._of_list = False, False

    def read(self) -> Reading:
        rules = (
            self._path, self._similar, self._artist, self._quoted_genre, self._known_name, self._quantity, self._phrase,
            self._stop,
        )  # fmt: skip
        while self._at < len(self._words):
            if not any(rule() for rule in rules):
                self._leave_unread()
        parts, contradicted = merged(self._parts)
        unread = [self._words.text(first, after) for first, after in self._unread]
        return Reading(self._text, tuple(parts), (*unread, *contradicted))

    # --- Rules: each reads from the current word on, or gives False ----------------------------------

    def _path(self) -> bool:
        """ "from sad to joyful", "starting calm and ending energetic", between moods or songs."""
        words = self._words
        if words.word(self._at) not in PATH_STARTS:
            return False
        start = self._end_of_path(words.over(self._at + 1, PATH_FILLERS))
        if start is None:
            return False
        turn = start[1]
        turn = words.over(turn + (turn < len(words) and words.is_stop(turn)), PATH_JOINS)
        if words.word(turn) not in PATH_TURNS:
            return False
        end = self._end_of_path(words.over(turn + 1, PATH_FILLERS))
        if end is None or end[0] == start[0]:
            return False
        self._add(Kind.PATH, end[1], value=start[0], end=end[0])
        return True

    def _end_of_path(self, at: int) -> tuple[str, int] | None:
        """A mood term or the title of a song, and the place after it."""
        if self._words.is_quoted(at):
            return self._words.quoted(at), at + 1
        entry, count = self._words.entry(at)
        if entry is not None and entry.role is Role.MOOD:
            return str(entry.value), at + count
        return self._words.title(at)

    def _similar(self) -> bool:
        """ "like Slow Water", "similar to Hallelujah by Jeff Buckley", "like" and an artist."""
        at = self._after(Role.LIKE)
        if not self._at < at < len(self._words):
            return False
        if self._words.word(at) == "artist" and self._words.is_quoted(at + 1):
            self._add(Kind.SIMILAR, at + 2, end=self._words.quoted(at + 1))
        elif title := (self._words.quoted(at), at + 1) if self._words.is_quoted(at) else self._words.title(at):
            artist = self._name_after_by(title[1]) or ("", title[1])
            self._add(Kind.SIMILAR, artist[1], value=title[0], end=artist[0])
        elif known := self._words.artist(at):
            self._add(Kind.SIMILAR, known[1], end=known[0])
        elif self._words.entry(at)[0] is not None:
            self._at = at  # "sounds like rain"
        else:
            return False
        return True

    def _artist(self) -> bool:
        """ "by Nina Simone or Björk": names of the library, else all words to the next stop, "but" or quantity."""
        is_another = self._parts and self._parts[-1].kind is Kind.ARTIST and self._words.word(self._at - 1) in JOINS
        artist = self._words.artist(self._at) if is_another else self._name_after_by(self._at)
        if artist is None:
            return False
        self._add(Kind.ARTIST, artist[1], value=artist[0], is_excluded=self._is_negated)
        return True

    def _name_after_by(self, start: int) -> tuple[str, int] | None:
        words = self._words
        entry, count = words.entry(start)
        at = start + count
        if entry is None or entry.role is not Role.BY or at >= len(words):
            return None
        if words.is_quoted(at):
            return words.quoted(at), at + 1
        if known := words.artist(at):
            return known
        after = at
        while after < len(words) and not self._ends_name(after):
            after += 1
        return (words.text(at, after), after) if at < after else None

    def _ends_name(self, at: int) -> bool:
        entry, _ = self._words.entry(at)
        ends = entry is not None and entry.role in (Role.BUT, Role.NOT, Role.NONE_OF, Role.BY)
        return ends or self._words.is_stop(at) or quantity_at(self._words.tokens, at) is not None

    def _quoted_genre(self) -> bool:
        if self._words.word(self._at) != "genre" or not self._words.is_quoted(self._at + 1):
            return False
        genre = self._words.quoted(self._at + 1)
        self._add(Kind.MUSIC_GENRE, self._at + 2, value=genre, is_excluded=self._is_negated)
        return True

    def _known_name(self) -> bool:
        """A music genre or an artist of the library with a word that says nothing else: "sad radiohead songs"."""
        for kind, name in ((Kind.MUSIC_GENRE, self._words.music_genre), (Kind.ARTIST, self._words.artist)):
            found = name(self._at) if self._words.has_unknown(self._at) else None
            if found is not None and any(not self._words.is_known(at) for at in range(self._at, found[1])):
                self._add(kind, found[1], value=found[0], is_excluded=self._is_negated)
                return True
        return False

    def _quantity(self) -> bool:
        quantity = quantity_at(self._words.tokens, self._at)
        if quantity is None:
            return False
        kind, ends = quantity.kind, (quantity.low, quantity.high)
        if kind in KIND_OF_ROLE.values():
            return self._range(kind, ends, self._at + quantity.count)
        self._add(kind, self._at + quantity.count, high=quantity.high)
        return True

    def _range(self, kind: Kind, ends: Ends, after: int) -> bool:
        """A range, or what is outside one that is open at one end: a rule holds one range."""
        low, high = ends
        if self._is_negated:
            if low is not None and high is not None:
                return False
            step = 1 if kind is Kind.YEAR else 0
            low, high = (None if high is None else high + step), (None if low is None else low - step)
        self._add(kind, after, low=low, high=high)
        return True

    def _phrase(self) -> bool:
        entry, count = self._words.entry(self._at)
        if entry is None:
            return False
        after = self._at + count
        match entry.role:
            case Role.MOOD | Role.MORE_OF_MOOD:
                degree = VERY if entry.role is Role.MORE_OF_MOOD else self._degree
                self._add(Kind.MOOD, after, value=entry.value, degree=NOT if self._is_negated else degree)
            case Role.MUSIC_GENRE:
                self._add(Kind.MUSIC_GENRE, after, value=entry.value, is_excluded=self._is_negated)
            case Role.MODE:
                self._add(Kind.MODE, after, value=OPPOSITE_MODES[entry.value] if self._is_negated else entry.value)
            case Role.TEMPO | Role.YEAR:
                return self._range(KIND_OF_ROLE[entry.role], entry.value, after)
            case Role.LENGTH:
                # "long" says something of songs only: not in "a long drive".
                is_of_songs = self._words.word(after) in SONG_WORDS or self._words.word(after - 2) == "too"
                return is_of_songs and self._range(Kind.LENGTH, entry.value, after)
            case Role.MOOD_GENRE | Role.FAVOURITES | Role.CERTAIN if not self._is_negated:
                self._add(Kind(entry.role.name.lower()), after, value=entry.value or "")
            case Role.DEGREE:
                # "not very sad" is less sad.
                is_less = self._is_negated and entry.value == VERY
                self._set_prefix(LESS if is_less else entry.value, self._is_negated and not is_less, after)
            case Role.NOT | Role.NONE_OF:
                self._set_prefix(PLAIN, True, after)
                self._of_list = entry.role is Role.NONE_OF
            case Role.AND:
                self._is_negated = self._was_negated
                self._at = after
            case Role.BUT:
                self._end_prefix()
                self._at = after
            case Role.FILLER:
                self._at = after
            case _:
                return False
        return True

    def _stop(self) -> bool:
        if not self._words.is_stop(self._at):
            return False
        goes_on = self._of_list and self._was_negated and self._list_goes_on(self._at + 1)
        if not goes_on:
            self._end_prefix()
        self._is_negated = goes_on
        self._at += 1
        return True

    def _list_goes_on(self, at: int) -> bool:
        """Whether items of the kind of the last one follow, and a join before the last: "no rap, metal or pop"."""
        is_of_genres = bool(self._parts) and self._parts[-1].kind is Kind.MUSIC_GENRE
        items = 0
        while at < len(self._words):
            entry, count = self._words.entry(at)
            if entry is not None and entry.role is Role.AND:
                return items > 0 and self._words.word(at) in JOINS
            if entry is None or entry.role not in LISTED or (entry.role is Role.MUSIC_GENRE) != is_of_genres:
                return False
            items, at = items + 1, at + count
            at += at < len(self._words) and self._words.is_stop(at)
        return False

    def _leave_unread(self) -> None:
        """In "no vocals happy" the "no" is used up; in "not remarkably happy" the "not" still counts."""
        at = self._at
        self._at += 1
        if self._of_list and self._is_negated:
            self._was_negated, self._is_negated, self._prefix = True, False, -1
        if self._unread and self._unread[-1][1] == at:
            self._unread[-1] = (self._unread[-1][0], self._at)
        else:
            self._unread.append((at, self._at))

    # --- State ----------------------------------------------------------------------------------

    def _after(self, role: Role) -> int:
        """The place after a phrase of this role, or this place."""
        entry, count = self._words.entry(self._at)
        return self._at + count if entry is not None and entry.role is role else self._at

    def _add(self, kind: Kind, after: int, **values: Any) -> None:
        first = self._prefix if self._prefix >= 0 else self._at
        words, spelled = self._words.text(first, after), self._words.spelled(self._at, after)
        self._parts.append(Part(kind=kind, words=words, spelled=spelled, **values))
        self._was_negated = self._is_negated
        self._degree, self._is_negated, self._prefix = PLAIN, False, -1
        self._at = after

    def _set_prefix(self, degree: float, is_negated: bool, after: int) -> None:
        self._degree, self._is_negated = degree, is_negated
        if self._prefix < 0:
            self._prefix = self._at
        self._at = after

    def _end_prefix(self) -> None:
        self._degree, self._is_negated, self._prefix = PLAIN, False, -1
        self._was_negated = self._of_list = False
