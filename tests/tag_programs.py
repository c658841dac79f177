"""Tags as other programs read them: TagLib (Navidrome, many players), tinytag, music-metadata (Node) and ffprobe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import taglib
import tinytag

ROOT = Path(__file__).parents[1]
# Found while tests are collected: while they run, FFmpeg's programs are not on the PATH (tests/without_ffmpeg.py).
NODE = shutil.which("node") if (ROOT / "node_modules/music-metadata").is_dir() else None
FFPROBE = shutil.which("ffprobe")
NODE_SCRIPT = """
import { parseFile } from "music-metadata";
const { common, native } = await parseFile(process.argv[1]);
const tags = Object.values(native).flat();
const named = (pattern) => tags.filter((tag) => pattern.test(tag.id)).map((tag) => tag.value);
console.log(JSON.stringify({
  moods: named(/^(TMOO|TXXX?:MOOD|MOOD|WM\\/Mood|----:com\\.apple\\.iTunes:MOOD)$/i),
  valence: named(/VALENCE$/i),
  common: common.mood ?? null, title: common.title ?? null, covers: (common.picture ?? []).length,
}));
"""


def by_taglib(path: Path) -> Mapping[str, list[str]]:
    """The values by TagLib's name of each tag."""
    with taglib.File(str(path)) as file:
        return dict(file.tags)


def by_tinytag(path: Path) -> dict[str, list[str]]:
    """What is no tag of its own for tinytag, by its name in lower case."""
    return dict(tinytag.TinyTag.get(str(path)).other)


def by_music_metadata(path: Path) -> dict[str, Any]:
    """All values of MOOD, the mood that it shows, the title and the number of covers."""
    command = [_installed(NODE, "music-metadata"), "--input-type=module", "--eval", NODE_SCRIPT, str(path.resolve())]
    read = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(json.loads(read.stdout))


def by_ffprobe(path: Path) -> dict[str, str]:
    """The tags of file and stream."""
    options = ["-v", "error", "-print_format", "json", "-show_format", "-show_streams"]
    command = [_installed(FFPROBE, "ffprobe"), *options, str(path)]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(read.stdout)
    return {**found["streams"][0].get("tags", {}), **found["format"].get("tags", {})}


def _installed(program: str | None, name: str) -> str:
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed; .ci/run installs it.")
    return program
