"""The settings of the product with a temporary data folder."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# The environment of the developer must not change the results.
for name in (
    "DATABASE_URL", "REDIS_URL", "DEBUG", "HTTPS", "ALLOWED_HOSTS", "REQUIRE_SETUP_TOKEN", "SIGN_UP", "OIDC_ISSUER",
    "REMOTE_USER_HEADER", "S3_BUCKET", "DISK_RESERVE_MB", "MUSIC_DIRS", "MUSIC_DIRS_WRITABLE", "MUSIC_WRITERS",
    "SOURCE_SCAN_MINUTES", "SOURCE_WATCH",
    "SOURCES_KEY", "SOURCE_PRIVATE_NETWORKS", "WEBHOOK_PRIVATE_NETWORKS",
    "LINK_PRIVATE_NETWORKS", "YT_DLP",
):  # fmt: skip
    os.environ.pop(name, None)

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="mood-tests-")
os.environ["SECRET_KEY"] = "only for tests"
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from mmc.settings import *  # noqa: E402, F403
from mmc.settings import DATA_DIR, DATABASES  # noqa: E402

# A file and not memory, so that the threads and processes of a test share it.
DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}

# Fast. Never for real passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# An analysis process is forked from that of the tests, whose address space alone can exceed the limit. Tests of the
# limit set it in a process of their own.
if "MAX_MEMORY_MB" not in os.environ:
    MAX_MEMORY_MB = 0

CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECRET_KEY_IS_SHARED = False
