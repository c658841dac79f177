"""Covers: made once for each picture of an owner, in two sizes, and seen by nobody else."""

from __future__ import annotations

import io
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from classifier.jobs.analyse import song_analyse
from classifier.jobs.clean_up import unused_covers_delete
from classifier.models import Cover, Person, Song
from classifier.services.song_delete import song_delete
from ml.audio.cover_sizes import cover_sizes
from ml.audio.covers import Cover as EmbeddedCover
from ml.audio.tags import Tags
from tests.classifier.conftest import Submit, files_under
from tests.classifier.fake_analysis import FakeAnalyser
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)


def picture(width: int = 1200, height: int = 900, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height), 200 if mode == "L" else "teal").save(stream, kind)
    return stream.getvalue()


def size(data: bytes) -> tuple[str | None, tuple[int, int]]:
    image = Image.open(io.BytesIO(data))
    return image.format, image.size


FORMS = [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "L"), ("GIF", "P"), ("WEBP", "RGB")]


@pytest.mark.parametrize(("kind", "mode"), FORMS)
def test_a_cover_becomes_two_bounded_webp_images(kind: str, mode: str) -> None:
    sizes = cover_sizes(picture(kind=kind, mode=mode))
    assert sizes is not None
    assert size(sizes.small) == ("WEBP", (96, 72))
    assert size(sizes.large) == ("WEBP", (360, 270))


def test_a_small_picture_is_not_enlarged() -> None:
    sizes = cover_sizes(picture(64, 64))
    assert sizes is not None
    assert size(sizes.large) == ("WEBP", (64, 64))


def test_a_damaged_picture_is_no_cover() -> None:
    for data in (b"", b"\xff\xd8\xff no picture", picture()[:500], picture(kind="PNG")[:60], bytes(11_000_000)):
        assert cover_sizes(data) is None


def test_songs_of_an_album_share_their_cover(
    anna: Person, boris: Person, submit: Submit, analyser: FakeAnalyser, media: Path
) -> None:
    analyser.result.tags = Tags(cover=EmbeddedCover("image/jpeg", picture()))
    songs = [submit(), submit(mark=1), submit(mark=2, owner=boris)]
    for song in songs:
        song_analyse(song_id=song.id)
        song.refresh_from_db()
    assert songs[0].cover_image_id == songs[1].cover_image_id != songs[2].cover_image_id
    assert not [name for name in files_under(media) if "cover" in name], "the full size was stored too"
    song_delete(song=songs[0])
    assert unused_covers_delete() == 0
    song_delete(song=songs[1])
    assert unused_covers_delete() == 1
    assert Cover.objects.get().owner == boris


def test_a_damaged_picture_does_not_fail_its_song(song: Song, analyser: FakeAnalyser) -> None:
    analyser.result.tags = Tags(title="Nocturne", cover=EmbeddedCover("image/jpeg", b"\xff\xd8\xff"))
    song_analyse(song_id=song.id)
    song.refresh_from_db()
    assert (song.status, song.title, song.cover_image_id) == ("done", "Nocturne", None)


def test_only_the_owner_sees_a_cover(anna: Person, anna_client: Client, boris_client: Client) -> None:
    sizes = cover_sizes(picture())
    assert sizes is not None
    cover = Cover.objects.create(owner=anna, sha256="0" * 64, small=sizes.small, large=sizes.large)
    song = shelve(anna, "Nocturne", cover_image=cover, album="Nights", artist="Field")
    for name, stored in (("cover-small", sizes.small), ("cover-large", sizes.large)):
        address = reverse(name, args=[cover.id])
        answer = anna_client.get(address)
        assert (answer.headers["Content-Type"], answer.content) == ("image/webp", stored)
        assert "immutable" in answer.headers["Cache-Control"]
        assert anna_client.get(address, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304
        assert boris_client.get(address).status_code == 404
    assert reverse("cover-small", args=[cover.id]) in anna_client.get(reverse("song-list")).content.decode()
    page = anna_client.get(reverse("song-detail", args=[song.id])).content.decode()
    assert reverse("cover-large", args=[cover.id]) in page


def test_covers_of_earlier_versions_are_made_by_a_command(anna: Person, media: Path) -> None:
    good, damaged = shelve(anna), shelve(anna, created_at=timezone.now() - timedelta(days=1))
    good.cover.save(f"songs/{good.id.hex}/cover.jpeg", ContentFile(picture()))
    damaged.cover.save(f"songs/{damaged.id.hex}/cover.jpeg", ContentFile(b"\xff\xd8\xff"))
    out = StringIO()
    call_command("make_covers", stdout=out)
    assert out.getvalue() == "1 covers made, 1 pictures could not be read.\n"
    good.refresh_from_db()
    assert size(bytes(good.cover_image.small))[0] == "WEBP"
    assert files_under(media) == []
