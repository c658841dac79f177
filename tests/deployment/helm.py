"""Helm's own library, in a process of its own.

Its Go runtime reserves 1.7 GB of address space. In the process of the tests that would count against the memory limit
of every analysis that is forked later.
"""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "countermood"


def render(chart: Path, values: dict[str, Any]) -> dict[str, str]:
    """The text of each template by its name."""
    return _process().submit(_render, chart, values).result()


def lint(chart: Path) -> dict[str, Any]:
    return _process().submit(_lint, chart).result()


def problem_of(chart: Path, values: dict[str, Any]) -> str:
    """What `helm install` says against these values; empty if nothing."""
    return _process().submit(_problem_of, chart, values).result()


@functools.cache
def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def _loaded(chart: Path) -> Iterator[Any]:
    import helm_python

    with helm_python.Chart.load(chart) as loaded:
        yield loaded


def _render(chart: Path, values: dict[str, Any]) -> dict[str, str]:
    with _loaded(chart) as loaded:
        return dict(loaded.render(values=values, name=NAME, namespace=NAME))


def _lint(chart: Path) -> dict[str, Any]:
    import helm_python

    return dict(helm_python.lint(chart, {}, strict=True))


def _problem_of(chart: Path, values: dict[str, Any]) -> str:
    import helm_python

    try:
        with _loaded(chart) as loaded:
            loaded.validate_schema(loaded.merge_values(values))
            loaded.render(values=values, name=NAME)
    except helm_python.HelmError as error:
        return str(error)
    return ""
