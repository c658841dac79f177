"""The start of the one-container image: gives up root for PUID and PGID, then runs manage.py.

countermood serve --host 0.0.0.0
docker exec countermood countermood tag --store anna /music
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from mmc import environment as env

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
THIS_MACHINE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Account:
    """The numeric ids of the user and the group that the files of the installation belong to."""

    user: int
    group: int

    @classmethod
    def read(cls) -> Account:
        return cls(
            user=env.integer("PUID", 1000, least=1, most=2**31 - 1),
            group=env.integer("PGID", 1000, least=1, most=2**31 - 1),
        )


def main(arguments: Sequence[str], command: Sequence[str] = (sys.executable, str(MANAGE))) -> None:
    """Does not return, unless a setting is wrong."""
    os.umask(env.file_mask("UMASK"))
    add_this_machine_to_hosts()
    if os.geteuid() == 0:
        account = Account.read()
        own_data(env.folder("DATA_DIR", Path("/data")), account)
        become(account)
    # Otherwise the container was started as a user of its own (`--user`), whose ids count.
    os.execv(command[0], [*command, *arguments])  # noqa: S606  (as intended)


def add_this_machine_to_hosts() -> None:
    """The health check of the container asks 127.0.0.1, regardless of ALLOWED_HOSTS."""
    if hosts := env.names("ALLOWED_HOSTS"):
        os.environ["ALLOWED_HOSTS"] = ",".join(dict.fromkeys((*hosts, *THIS_MACHINE)))


def own_data(folder: Path, account: Account) -> None:
    """Give the folder and everything in it to the account. A folder that it owns already is not searched."""
    folder.mkdir(parents=True, exist_ok=True)
    state = folder.stat()
    if (state.st_uid, state.st_gid) == (account.user, account.group):
        return
    try:
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(os.path.join(place, name), account.user, account.group, follow_symlinks=False)
        # Last, so that an interrupted start begins again.
        os.chown(folder, account.user, account.group)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{error.filename} cannot be given to the user {account.user} ({error.strerror}): give it to PUID and PGID "
            "on the host, or start the container with the user that owns it (--user)."
        ) from error


def become(account: Account) -> None:
    os.setgroups([account.group])
    os.setgid(account.group)
    os.setuid(account.user)
    os.environ["HOME"] = os.environ.get("DATA_DIR", "/data")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
