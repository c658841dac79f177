"""What the fuzzer calls with damaged input, as the product does. Exceptions that it does not expect escape."""

from __future__ import annotations

import re
from pathlib import Path

from ml.audio.decoding import DecodingInfo, decode
from ml.audio.sniffing import container_of, read_head, recognise
from ml.audio.tags import read_tags
from ml.errors import MoodError

SERVER_ERROR = 500
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
HEADER_NAME = re.compile(r"[A-Za-z-]+")
NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f]")
NOT_IN_PATHS = re.compile(r"[^\w/.?=&%-]", re.ASCII)


def read_song(path: Path) -> str:
    """File type, tags and decoder; returns "done" or the code of the error."""
    with path.open("rb") as file:
        head = read_head(file)
    container_of(head)
    read_tags(path)
    try:
        recognise(head)
        for _ in decode(path, DecodingInfo()):
            pass
    except MoodError as error:
        return error.code
    return "done"


class Site:
    """The web application with one user, a token and an unfinished upload. Its database is empty but for them."""

    def __init__(self) -> None:
        import django

        django.setup()
        from django.core.management import call_command
        from django.test import Client
        from django.utils import timezone

        from classifier.accounts.tokens import token_create
        from classifier.jobs import queue
        from classifier.models import Person

        call_command("migrate", verbosity=0)
        queue.app.send_task = lambda *args, **kwargs: None  # type: ignore[method-assign]
        self.owner = Person.objects.create_user("olga")
        _, self.token = token_create(owner=self.owner, name="fuzz", now=timezone.now())
        self.client = Client(raise_request_exception=True)

    def answer(self, request: bytes) -> str:
        """The status of the answer to a request as `tests.fuzz.seeds` writes it. Raises what the view raises."""
        from django.core.cache import cache

        from classifier.models import Song

        cache.clear()  # else the limit of calls a minute answers
        head, _, body = request.partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")
        method, _, path = first.partition(" ")
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        # What a web server lets through.
        environ = {
            f"HTTP_{name.upper().replace('-', '_')}": NOT_IN_HEADERS.sub("", value)
            for name, value in headers.items()
            if HEADER_NAME.fullmatch(name)
        }
        content_type = environ.pop("HTTP_CONTENT_TYPE", "application/octet-stream")
        environ.pop("HTTP_CONTENT_LENGTH", None)
        environ["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        path = "/" + NOT_IN_PATHS.sub("", path).lstrip("/").replace("UPLOAD", self._upload_id())
        if method not in METHODS:
            method = "POST"
        response = self.client.generic(method, path, body, content_type=content_type, **environ)
        if response.status_code >= SERVER_ERROR:
            raise AssertionError(f"The answer has the status {response.status_code}.")
        if Song.objects.count() > 100:
            Song.objects.all().delete()
        return str(response.status_code)

    def _upload_id(self) -> str:
        from django.utils import timezone

        from classifier.models import ResumableUpload
        from classifier.services.resumable_uploads import resumable_upload_create

        upload = ResumableUpload.objects.filter(song=None).first() or resumable_upload_create(
            owner=self.owner, size_bytes=5000, metadata="", now=timezone.now()
        )
        return str(upload.id)
