"""Connect a folder of the server or a music server, or change its connection. It is stored only if it works."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from classifier.errors import ProductError
from classifier.models import Person, ScanStatus, Source, SourceKind
from classifier.sources.addresses import server_address, shown_host
from classifier.sources.folder_paths import folder_check
from classifier.sources.scan_lease import scan_request
from classifier.sources.secrets import encrypt
from classifier.sources.servers import server_for

NAME_LENGTH = 80


def source_add(
    *, owner: Person, kind: str, name: str, address: str, username: str = "", secret: str = "", now: datetime
) -> Source:
    """The first scan begins in a moment. Raises ProductError with a sentence for what is wrong."""
    is_folder = kind == SourceKind.FOLDER
    address = folder_check(address) if is_folder else server_address(address)
    source = Source(
        owner=owner,
        kind=kind,
        name=(name.strip() or _name_of(address, is_folder))[:NAME_LENGTH],
        address=address,
        username=username.strip(),
        encrypted_secret=encrypt(secret),
        created_at=now,
        scan_status=ScanStatus.WAITING,
    )
    _require_new(source)
    if not is_folder:
        # Not in a transaction: a server may take a minute to answer.
        server_for(source).check()
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError:
        # Against the same form sent twice: the other request was first.
        _require_new(source)
        raise
    return source


def source_connection_set(*, source: Source, address: str, username: str, secret: str, now: datetime) -> None:
    """Store another address, user name or password of a music server, if they work. An empty `secret` is the stored
    one, which is never sent to another server than the one that it was entered for."""
    address = server_address(address)
    if not secret and _origin(address) != _origin(source.address):
        raise ProductError(
            "source_secret_needed",
            gettext(
                "The new address is another server: enter the password again. The stored one is only sent to "
                "%(server)s."
            )
            % {"server": shown_host(source.address)},
        )
    changed = Source(
        id=source.id,
        owner=source.owner,
        kind=source.kind,
        name=source.name,
        address=address,
        username=username.strip(),
        encrypted_secret=encrypt(secret) if secret else source.encrypted_secret,
        created_at=source.created_at,
    )
    _require_new(changed)
    server_for(changed).check()
    try:
        with transaction.atomic():
            # All three at once, so that no password ever stands beside an address that it was not entered for.
            Source.objects.filter(id=source.id).update(
                address=changed.address, username=changed.username, encrypted_secret=changed.encrypted_secret
            )
    except IntegrityError:
        # Against another source that got this address at this moment.
        _require_new(changed)
        raise
    scan_request(source, now)


def _require_new(source: Source) -> None:
    same = Source.objects.filter(
        owner=source.owner, kind=source.kind, address=source.address, username=source.username
    ).exclude(id=source.id)
    if earlier := same.first():
        if earlier.scan_status == ScanStatus.REMOVING:
            raise ProductError(
                "source_exists",
                gettext("This source is still being removed, as “%(name)s”: connect it again in a few minutes.")
                % {"name": earlier.name},
                HTTPStatus.CONFLICT,
            )
        raise ProductError(
            "source_exists",
            gettext("You have this source already, as “%(name)s”: choose another one, or remove that one first.")
            % {"name": earlier.name},
            HTTPStatus.CONFLICT,
        )


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _name_of(address: str, is_folder: bool) -> str:
    return (Path(address).name if is_folder else urlsplit(address).hostname) or address
