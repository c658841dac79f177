"""The result page of a song as text."""

import re

from django.test import Client
from django.urls import reverse

from classifier.models import Song


def page(client: Client, song: Song, **query: str) -> str:
    response = client.get(reverse("song-detail", args=[song.id]), query)
    assert response.status_code == 200
    return response.content.decode()


def headline(html: str) -> str:
    return html.partition('data-refresh="headline"')[2].partition("</header>")[0]


def words(html: str) -> str:
    """The text of a page on one line, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
