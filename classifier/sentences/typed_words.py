"""The words of a sentence as the grammar looks at them: as they are typed, as they are read, and as names."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from classifier.fields import fold_key
from classifier.sentences.lexicon import Entry, lexicon, longest_phrase, spelling
from classifier.sentences.names import LONGEST_NAME, Names
from classifier.sentences.tokens import Kind, tokens_of


class TypedWords:
    """Numbers are places in the list of tokens; one that lies outside has the empty word."""

    def __init__(self, text: str, names: Names) -> None:
        self._text, self._names = text, names
        self.tokens = tokens_of(text)
        """With the right spelling, which quantities read."""
        self._typed = [token.word for token in self.tokens]
        self.tokens = [
            replace(token, word=spelling().read(token.word)) if token.kind is Kind.WORD else token
            for token in self.tokens
        ]

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, at: int) -> str:
        return self.tokens[at].word if 0 <= at < len(self) else ""

    def is_stop(self, at: int) -> bool:
        return self.tokens[at].is_stop

    def is_quoted(self, at: int) -> bool:
        return at < len(self) and self.tokens[at].kind is Kind.QUOTED

    def quoted(self, at: int) -> str:
        token = self.tokens[at]
        return " ".join(self._text[token.start + 1 : token.end - 1].split())

    def text(self, first: int, after: int) -> str:
        """The part of the sentence from one token to before another, with single spaces."""
        return " ".join(self._text[self.tokens[first].start : self.tokens[after - 1].end].split())

    def spelled(self, first: int, after: int) -> str:
        """The same as it is read, where that differs from what is typed; else empty."""
        words = [self.word(at) for at in range(first, after)]
        return " ".join(words) if words != self._typed[first:after] else ""

    def over(self, at: int, words: frozenset[str]) -> int:
        """The first place from `at` on that has none of these words."""
        while self.word(at) in words:
            at += 1
        return at

    def entry(self, at: int) -> tuple[Entry | None, int]:
        """The longest phrase that begins here: as it is typed, else as it is spelled right; and its words."""
        for length in range(min(longest_phrase(), len(self) - at), 0, -1):
            typed = tuple(self._typed[at : at + length])
            spelled = tuple(self.word(i) for i in range(at, at + length))
            entry = lexicon().get(typed) or lexicon().get(spelled)
            if entry is not None:
                return entry, length
        return None, 0

    def is_known(self, at: int) -> bool:
        """Whether the word as it is typed says something, or is no word."""
        return self.tokens[at].kind is not Kind.WORD or (self._typed[at],) in lexicon()

    def has_unknown(self, at: int) -> bool:
        """Whether one of the next words is not known."""
        return any(not self.is_known(place) for place in range(at, min(at + LONGEST_NAME, len(self))))

    # --- Names of the library: each the longest that begins here, and the place after it -------------

    def title(self, at: int) -> tuple[str, int] | None:
        return self._longest(at, self._titles)

    def artist(self, at: int) -> tuple[str, int] | None:
        return self._longest(at, self._artists)

    def music_genre(self, at: int) -> tuple[str, int] | None:
        return self._longest(at, self._music_genres)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return self._names.titles(self._all_keys)

    @cached_property
    def _artists(self) -> dict[str, str]:
        return self._names.artists(self._all_keys)

    @cached_property
    def _music_genres(self) -> dict[str, str]:
        return self._names.music_genres(self._all_keys)

    @cached_property
    def _all_keys(self) -> frozenset[str]:
        """One lookup for the whole sentence, so that it takes three queries at most."""
        return frozenset(key for at in range(len(self)) for key in self._keys(at))

    def _longest(self, at: int, found: dict[str, str]) -> tuple[str, int] | None:
        if not found:
            return None
        keys = self._keys(at)
        key = max((key for key in found if key in keys), key=lambda key: keys[key], default=None)
        return None if key is None else (found[key], keys[key])

    def _keys(self, at: int) -> dict[str, int]:
        """The folded texts of up to LONGEST_NAME words that begin here, with the place after each."""
        keys: dict[str, int] = {}
        for after in range(at + 1, min(at + LONGEST_NAME, len(self)) + 1):
            if self.is_quoted(after - 1):
                break
            keys[fold_key(self.text(at, after))] = after
        return keys
