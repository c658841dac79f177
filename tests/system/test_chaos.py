"""A short form of `make chaos`: random kills on both set-ups lose, hold up and double no song."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import problems, run
from tests.chaos.set_ups import SET_UPS, SetUp

SONGS, SEED = 12, 14


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", SET_UPS)
def test_no_song_is_lost_stuck_or_doubled_by_random_kills(name: str, tmp_path: Path) -> None:
    set_up = SET_UPS[name](tmp_path)
    outcome = run(set_up, tmp_path, songs=SONGS, seed=SEED, pause_s=(0.5, 2.0), timeout_s=1000.0)
    assert outcome.problems == []
    assert set(outcome.kills) == set(set_up.parts)


class StoredSongs(SetUp):
    """What a run left behind, made up."""

    def __init__(
        self, folder: Path, states: dict[str, str], analyses: tuple[int, int], located: dict[str, str]
    ) -> None:
        self.data_dir = folder
        self.states, self.analyses, self.located = states, analyses, located
        for song_id in states:
            path = folder / "media" / "songs" / song_id[-2:] / song_id
            path.mkdir(parents=True)
            (path / "source.mp3").touch()

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self, part: str) -> None: ...

    def rows(self, query: str) -> list[tuple[object, ...]]:
        if "classifier_songlocation" in query:
            return list(self.located.items())
        return [self.analyses] if "classifier_analysis" in query else list(self.states.items())

    def logs(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("states", "analyses", "located", "expected"),
    [
        ({"aa": "done", "bb": "done", "cc": "done"}, (3, 3), {"c.mp3": "cc"}, []),
        (
            {"aa": "done", "cc": "done"},
            (3, 3),
            {"c.mp3": "cc"},
            ["1 accepted songs are lost.", "1 songs have no folder."],
        ),
        (
            {"aa": "done", "bb": "done", "cc": "done", "dd": "done"},
            (3, 3),
            {"c.mp3": "cc"},
            ["1 songs are there that no answer named."],
        ),
        ({"aa": "done", "bb": "running", "cc": "done"}, (3, 3), {"c.mp3": "cc"}, ["Not done: 1 running."]),
        ({"aa": "done", "bb": "done", "cc": "done"}, (4, 3), {"c.mp3": "cc"}, ["There are 4 results of 3 songs."]),
        ({"aa": "done", "bb": "done"}, (2, 2), {}, ["1 files of the folder have no song."]),
        (
            {"aa": "done", "bb": "done", "cc": "done"},
            (3, 3),
            {"c.mp3": "cc", "d.mp3": "cc"},
            ["1 files of the folder have the song of another."],
        ),
    ],
)
def test_a_lost_stuck_or_doubled_song_is_a_problem(
    tmp_path: Path, states: dict[str, str], analyses: tuple[int, int], located: dict[str, str], expected: list[str]
) -> None:
    accepted = {Path("a.mp3"): "aa", Path("b.mp3"): "bb"}
    assert problems(StoredSongs(tmp_path, states, analyses, located), accepted, {"c.mp3"}) == expected
