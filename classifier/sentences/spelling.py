"""Misspelled words: an unknown word of four letters or more counts as the known word that is one edit away.

One edit adds, leaves out or replaces a letter, or swaps two neighbours. The first letter has to be right, or be one of
the swapped ones. A letter is replaced only in words of five letters or more, and where no other edit gives a known
word. All known words that are so near have to mean the same; otherwise the word is not understood.
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST_LETTERS = 4
LEAST_LETTERS_TO_REPLACE = 5


class Spelling:
    """`meanings` has every known word, with what it means: words that mean the same have equal meanings."""

    def __init__(self, meanings: Mapping[str, object]) -> None:
        self._meanings = meanings
        self._by_length: dict[int, list[str]] = {}
        for word in meanings:
            if len(word) >= LEAST_LETTERS:
                self._by_length.setdefault(len(word), []).append(word)

    def read(self, word: str) -> str:
        """The known word that is meant, or the word itself."""
        if word in self._meanings or len(word) < LEAST_LETTERS:
            return word
        lengths = (len(word) - 1, len(word), len(word) + 1)
        known_words = [known for length in lengths for known in self._by_length.get(length, ())]
        for is_near in (is_inserted_or_swapped, is_replaced):
            near = [known for known in known_words if is_near(word, known)]
            if near:
                return near[0] if len({self._meanings[known] for known in near}) == 1 else word
        return word


def is_inserted_or_swapped(typed: str, known: str) -> bool:
    """Whether a letter was added or left out, or two neighbours were swapped."""
    if len(typed) == len(known):
        at = [i for i in range(len(typed)) if typed[i] != known[i]]
        return len(at) == 2 and at[1] == at[0] + 1 and typed[at[0]] + typed[at[1]] == known[at[1]] + known[at[0]]
    shorter, longer = sorted((typed, known), key=len)
    return longer[0] == shorter[0] and any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))


def is_replaced(typed: str, known: str) -> bool:
    """Whether one letter stands for another, not the first one."""
    if len(typed) != len(known) or len(typed) < LEAST_LETTERS_TO_REPLACE or typed[0] != known[0]:
        return False
    return sum(one != other for one, other in zip(typed, known, strict=True)) == 1
