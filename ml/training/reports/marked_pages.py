"""Pages of the documentation in which a command keeps what it measured, between marks."""

from __future__ import annotations

from collections.abc import Mapping

from ml.errors import MoodError

END = "<!-- end -->"


def rewritten(page: str, texts: Mapping[str, str]) -> str:
    """The page with each text between its mark, as `<!-- name -->`, and the next `<!-- end -->`.

    Raises MoodError("page_unmarked").
    """
    for name, text in texts.items():
        begin = f"<!-- {name} -->\n"
        before, mark, rest = page.partition(begin)
        _, closed, after = rest.partition(END)
        if not mark or not closed:
            raise MoodError(
                "page_unmarked", f"The page has no place between {begin.strip()} and {END}; add both lines."
            )
        page = f"{before}{begin}\n{text}\n\n{END}{after}"
    return page


def interval(figure: Mapping[str, float]) -> str:
    """A figure with its interval, as tables have it."""
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
