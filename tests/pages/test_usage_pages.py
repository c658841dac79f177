"""The owner sees who uses how much, and sets quotas; users see their own."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from classifier.models import Person, Quota, Song
from tests.source_songs import add_songs, add_source


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_owner_sees_what_everybody_uses(olga_client: Client, submit: Any, anna: Person, settings: Any) -> None:
    settings.QUOTA_SONGS = 5
    submit()
    Song.objects.update(size_bytes=12_400_000)
    page = text(olga_client.get(reverse("usage")))
    assert 'anna</th> <td class="number">1 <span class="soft">of 5</span></td> <td class="number">12</td>' in page
    assert reverse("usage") in text(olga_client.get(reverse("users")))


def test_the_owner_changes_a_quota_and_takes_it_back(olga_client: Client, anna: Person) -> None:
    page = reverse("user-quota", args=[anna.id])
    saved = olga_client.post(page, {"songs": "3", "megabytes": "", "minutes_a_day": "0"}, follow=True)
    assert "The quota of anna is changed." in text(saved)
    assert "of 3" in text(saved)
    assert list(Quota.objects.values_list("owner", "songs", "megabytes", "minutes_a_day")) == [(anna.id, 3, None, 0)]
    assert 'value="3"' in text(olga_client.get(page))
    olga_client.post(page, {"songs": "", "megabytes": "", "minutes_a_day": ""})
    assert not Quota.objects.exists()


def test_a_malformed_quota_is_refused(olga_client: Client, anna: Person) -> None:
    response = olga_client.post(reverse("user-quota", args=[anna.id]), {"songs": "-1"})
    assert response.status_code == 400
    assert "greater than or equal to 0" in text(response)


def test_nobody_else_sees_or_changes_it(anna: Person, anna_client: Client) -> None:
    for address in (reverse("usage"), reverse("user-quota", args=[anna.id])):
        assert anna_client.get(address).status_code == 403
    assert anna_client.post(reverse("user-quota", args=[anna.id]), {"songs": "0"}).status_code == 403


def test_a_user_with_a_quota_sees_how_much_of_it_is_used(anna_client: Client, submit: Any, settings: Any) -> None:
    submit()
    assert "You use" not in text(anna_client.get(reverse("home")))
    settings.QUOTA_SONGS, settings.QUOTA_MINUTES_A_DAY = 5, 60
    assert "You use 1 of 5 songs, 0 of 60 minutes of music today." in text(anna_client.get(reverse("home")))


def test_songs_of_sources_are_counted_apart_and_store_nothing(olga_client: Client, anna: Person) -> None:
    add_songs(add_source(anna), 3)
    page = text(olga_client.get(reverse("usage")))
    assert 'anna</th> <td class="number">3</td> <td class="number">0</td>' in page
    assert '<td class="number">3</td><td class="number">' in page
