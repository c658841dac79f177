"""Markdown tables, metrics with intervals, and documentation pages with sections that commands rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ml.errors import MoodError

END = "<!-- end -->"


def replace_marked(page: str, texts: Mapping[str, str]) -> str:
    """Replaces the text between each mark `<!-- name -->` and the next `<!-- end -->`.

    Raises MoodError("page_unmarked").
    """
    for name, text in texts.items():
        begin = f"<!-- {name} -->\n"
        before, mark, rest = page.partition(begin)
        _, closed, after = rest.partition(END)
        if not mark or not closed:
            raise MoodError("page_unmarked", f"The page has no lines {begin.strip()} and {END}. Add both.")
        page = f"{before}{begin}\n{text}\n\n{END}{after}"
    return page


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' --- |' * (len(heads) - 1)}"]
    return "\n".join([*lines, *[f"| {' | '.join(row)} |" for row in rows]])


def interval(metric: Mapping[str, float] | None) -> str:
    """A metric with its 95 % interval: "0.672 [0.639, 0.704]"; "-" for None."""
    return f"{metric['value']:.3f} [{metric['low']:.3f}, {metric['high']:.3f}]" if metric else "-"
