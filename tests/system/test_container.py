"""What the one-container image starts, without Docker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.system.clients import BrowserClient
from tests.system.processes import wait_for
from tests.system.product import ROOT, RunningProduct, environment

# Gives up root like the container, then runs a shell command instead of manage.py: the Python of these tests may lie
# where another user cannot read it.
AS_SHELL = "import sys; from mmc.container import main; main(sys.argv[1:], ('/bin/sh', '-c'))"
SHOW = """
echo "$(id -u) $(id -g) $(id -G) $(umask)"
echo x > "$DATA_DIR/new"
mkdir "$DATA_DIR/folder"
echo "$ALLOWED_HOSTS"
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder of root that everyone can reach."""
    folder = Path(tempfile.mkdtemp(prefix="mood-container-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    (folder / "data" / "older").mkdir()
    (folder / "data" / "older" / "song.wav").write_bytes(b"RIFF")
    yield folder / "data"
    shutil.rmtree(folder)


def start(data_dir: Path, command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_SHELL, command],
        cwd=ROOT,
        # The folders of a developer's own PATH may be closed to other users.
        env=environment(DATA_DIR=str(data_dir), PATH="/usr/bin:/bin", **settings),
        capture_output=True,
        text=True,
        check=False,
    )


as_root = pytest.mark.skipif(
    os.geteuid() != 0 and not os.environ.get("CI"), reason="Only root can become another user."
)


@as_root
def test_root_is_given_up_for_puid_and_pgid_and_the_data_belongs_to_them(data_dir: Path) -> None:
    done = start(data_dir, SHOW, PUID="12345", PGID="12346", UMASK="027", ALLOWED_HOSTS="nas.local")
    assert done.stdout.splitlines() == ["12345 12346 12346 0027", "nas.local,localhost,127.0.0.1"], done.stderr
    places = [data_dir, *data_dir.rglob("*")]
    assert len(places) == 5
    assert {(place.stat().st_uid, place.stat().st_gid) for place in places} == {(12345, 12346)}
    assert (data_dir / "new").stat().st_mode & 0o777 == 0o640


@as_root
def test_a_folder_that_belongs_to_them_already_is_not_searched(data_dir: Path) -> None:
    os.chown(data_dir, 12345, 12346)
    start(data_dir, "true", PUID="12345", PGID="12346")
    assert (data_dir / "older" / "song.wav").stat().st_uid == 0


@pytest.mark.parametrize(("name", "value"), [("PUID", "0"), ("PUID", "olga"), ("UMASK", "700"), ("UMASK", "9")])
def test_a_wrong_id_or_mask_stops_the_start_with_a_sentence(data_dir: Path, name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mmc.container", "check"],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), **{name: value}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{name} is '{value}'; it takes ")
    assert "Traceback" not in done.stderr


def stage(name: str) -> str:
    """The part of the Dockerfile that makes this image."""
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    return next(text for text in stages if text.splitlines()[0].endswith(f" AS {name}"))


def test_the_command_of_the_image_runs_everything_and_prints_its_logs(tmp_path: Path) -> None:
    command = yaml.safe_load(re.search(r"^CMD (\[.+\])$", stage("all-in-one"), re.MULTILINE)[1])  # type: ignore[index]
    assert command[:3] == ["serve", "--host", "0.0.0.0"]
    command[command.index("8000")] = "{port}"
    with RunningProduct(tmp_path / "var", [sys.executable, "manage.py", *command]) as product:
        browser = BrowserClient(product.address)
        wait_for(lambda: browser.health().get("worker"), what="worker that answers")
        output = product.output()
        assert re.search(r"^web: .*gunicorn", output, re.MULTILINE | re.IGNORECASE), output
        assert re.search(r"^worker: .*celery@", output, re.MULTILINE), output
        check = re.search(r"urlopen\('http://127.0.0.1:8000(/[\w/]+)'", stage("all-in-one"))
        assert check
        assert browser.session.get(product.address + check[1], timeout=60).status_code == 200


def test_songs_and_folders_get_the_permissions_of_the_mask(tmp_path: Path) -> None:
    names = ("FILE_UPLOAD_PERMISSIONS", "FILE_UPLOAD_DIRECTORY_PERMISSIONS")
    script = f"from django.conf import settings; print(*(oct(getattr(settings, name)) for name in {names}))"
    for mask, printed in (("", "0o600 0o700"), ("022", "0o644 0o755")):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environment(DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="mmc.settings", UMASK=mask),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == printed


def test_images_are_built_for_both_processors_and_are_the_stages_of_the_dockerfile() -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/images.yml").read_text())["jobs"]["image"]
    pushed = job["steps"][-1]["with"]
    assert pushed["platforms"] == "linux/amd64,linux/arm64"
    targets = [entry["target"] for entry in job["strategy"]["matrix"]["include"]]
    assert targets == ["server", "all-in-one"]
    for target in targets:
        assert stage(target)
    # Docker Compose builds the last stage.
    assert (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2].startswith("program AS server\n")
