"""The mood map: every song of a user in the plane, and the same in words and numbers."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from classifier import ml_gateway
from classifier.charts.library.mood_map import LEAST, MOST, Extent, mood_map_chart
from classifier.charts.mood_markers import mood_markers
from classifier.library.filters import LibraryFilter
from classifier.library.mood_map import CellCount, analysed_songs, cell_counts
from classifier.models import Analysis, Person, Song, Status
from classifier.uploads.song_deletion import songs_delete
from tests.processor_time import processor_seconds
from tests.shelf import analysis_changed, analysis_removed, store_analyses

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def songs_at(
    owner: Person,
    places: Sequence[tuple[float, float]],
    *,
    first: str = "calm",
    second: str = "powerful",
    certain: bool = True,
    when: datetime = NOON,
) -> list[Song]:
    """Analysed songs at these positions (valence, arousal), without files."""
    before = Song.objects.count()
    songs = [
        Song(
            owner=owner,
            file_name=f"piece {number}.mp3",
            artist="Field",
            sha256=f"{number:064}",
            size_bytes=1,
            status=Status.DONE,
            created_at=when + timedelta(seconds=number),
        )
        for number in range(before, before + len(places))
    ]
    name = ml_gateway.composite_name(first, second)
    analyses = [
        Analysis(
            song=song,
            model_version="mood-5",
            created_at=when,
            name=name if certain else f"Mixed: {name}",
            primary=first,
            secondary=second,
            joined_by=ml_gateway.joined_by(first, second),
            confidence=0.7,
            secondary_confidence=0.4,
            certain=certain,
            genre="Other",
            valence=valence,
            arousal=arousal,
            agreement=0.9,
        )
        for song, (valence, arousal) in zip(songs, places, strict=True)
    ]
    store_analyses(songs, analyses)
    return songs


def page(client: Client, **query: object) -> str:
    response = client.get(reverse("mood-map"), query)
    assert response.status_code == 200
    return response.content.decode()


def points(client: Client, **query: object) -> dict[str, Any]:
    return client.get(reverse("mood-points"), query).json()


def region(html: str, title: str) -> str:
    return html[html.index(f"<h3>{title}") :].split("</li>")[0]


def test_an_empty_map_explains_itself(anna_client: Client) -> None:
    html = page(anna_client)
    assert "Every analysed song becomes a point" in html
    assert "js/map.js" not in html


def test_each_song_is_a_point_with_title_position_and_mood(anna: Person, anna_client: Client) -> None:
    [song] = songs_at(anna, [(6.12345, 3.4)])
    content = points(anna_client)
    assert content["moods"] == [{"name": "Calm but Powerful", "css": "calm", "certain": True, "yours": False}]
    assert content["artists"] == ["Field"]
    assert content["songs"] == [[song.id.hex, "piece 0.mp3", 0, 6.12345, 3.4, 0]]


def test_a_song_without_an_analysis_is_not_on_the_map(anna: Person, anna_client: Client) -> None:
    songs = songs_at(anna, [(6, 3), (4, 6), (5, 5)])
    Song.objects.filter(id=songs[0].id).update(status=Status.QUEUED)
    analysis_removed(songs[1])
    assert [song[0] for song in points(anna_client)["songs"]] == [songs[2].id.hex]


def test_only_the_current_analysis_is_on_the_map(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3)])
    now = Analysis.objects.get()
    now.pk, now.model_version, now.valence, now.is_current = None, "mood-0", 2.0, False
    now.save()
    assert [point[3] for point in points(anna_client)["songs"]] == [6]
    assert 'aria-label="1 song, all Calm' in page(anna_client)


def test_users_see_only_their_own_songs(anna: Person, boris_client: Client) -> None:
    songs_at(anna, [(6, 3)])
    assert points(boris_client)["songs"] == []
    assert "becomes a point on this map" in page(boris_client)


def test_the_map_shows_matching_songs(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3), (6.5, 3)])
    songs_at(anna, [(4, 6)], first="tense", second="sad")
    assert len(points(anna_client, first="tense")["songs"]) == 1
    html = page(anna_client, first="tense")
    assert "1 of 3 songs" in html
    assert f'data-points="{reverse("mood-points")}?first=tense"' in html
    assert "None of your 3 songs match." in page(anna_client, q="polka")


def test_an_invalid_value_is_named_and_ignored(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3)])
    html = page(anna_client, valence_from="loud")
    assert "valence_from is “loud”" in html
    assert "1 song" in html


def test_empty_fields_are_removed_from_the_address(anna_client: Client) -> None:
    response = anna_client.get(reverse("mood-map"), {"q": "night", "first": "", "genre": ""})
    assert (response.status_code, response.headers["Location"]) == (302, f"{reverse('mood-map')}?q=night")


def test_a_region_counts_its_songs_and_links_to_them(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3), (6.5, 3.5), (7, 2)])
    songs_at(anna, [(4, 6)], first="tense", second="sad")
    html = page(anna_client)
    content = region(html, "Pleasant and quiet")
    assert "3 songs" in content
    assert "relaxed, calm" in content
    [query] = re.findall(rf'href="{reverse("song-list")}\?([^"]+)"', content)
    assert query == "valence_from=5&amp;arousal_to=5"
    assert anna_client.get(f"{reverse('song-list')}?{query.replace('&amp;', '&')}").context["page"].paginator.count == 3
    assert "0 songs" in region(html, "Unpleasant and quiet")


def test_cells_count_every_song_once_and_link_to_exactly_these(anna: Person) -> None:
    songs_at(anna, [(4.1, 4.1), (4.2, 4.2), (4.3, 4.1)])
    songs_at(anna, [(4.15, 4.05)], first="tense", second="sad")
    chart = mood_map_chart(cell_counts(analysed_songs(anna, LibraryFilter())), LibraryFilter())
    assert [(cell.marker.key, cell.text.split(",")[0], cell.query) for cell in chart.cells] == [
        ("calm", "3 songs", "valence_from=4&valence_to=4.25&arousal_from=4&arousal_to=4.25"),
        ("calm", "1 song", "valence_from=4.25&valence_to=4.5&arousal_from=4&arousal_to=4.25"),
    ]
    assert float(chart.cells[0].scale) > float(chart.cells[1].scale)
    assert (chart.count, [line.count for line in chart.legend if line.count]) == (4, [1, 3])


def test_songs_all_over_the_plane_are_counted_in_larger_cells(anna: Person) -> None:
    places = [(1.1 + valence / 4, 1.1 + arousal / 4) for valence in range(24) for arousal in range(24)]
    songs_at(anna, [*places, (9, 9)])
    chart = mood_map_chart(cell_counts(analysed_songs(anna, LibraryFilter())), LibraryFilter())
    assert len(chart.cells) == 145
    assert chart.cells[0].text.startswith("4 songs, all Calm: valence 1 to 1.5, arousal 1 to 1.5")
    assert chart.cells[-1].query == "valence_from=9&arousal_from=9"


def test_links_keep_the_bounds_of_the_filter(anna: Person) -> None:
    songs_at(anna, [(6, 3)])
    library_filter = LibraryFilter({"valence_from": "5.5", "arousal_to": "4", "first": "calm"})
    chart = mood_map_chart(cell_counts(analysed_songs(anna, library_filter)), library_filter)
    quiet = next(region for region in chart.regions if region.key == "Q4")
    assert quiet.query == "first=calm&valence_from=5.5&arousal_to=4"


def test_the_map_has_a_margin_around_its_songs() -> None:
    extent = Extent.around([CellCount("calm", 4.5, 3.5, 1), CellCount("calm", 6.45, 4.95, 1)])
    assert (extent.valence_from, extent.valence_to) == (4.0, 7.0)
    assert (extent.arousal_from, extent.arousal_to) == (3.0, 5.5)


@pytest.mark.parametrize("places", [[(1.0, 1.0)], [(9.0, 9.0)], [(5.0, 5.0)], [(1.0, 9.0), (9.0, 1.0)]])
def test_the_map_contains_songs_at_the_ends_of_the_scales(anna: Person, places: list[tuple[float, float]]) -> None:
    songs_at(anna, places)
    counts = cell_counts(analysed_songs(anna, LibraryFilter()))
    extent = Extent.around(counts)
    assert sum(cell.songs for cell in counts) == len(places)
    assert LEAST <= extent.valence_from < extent.valence_to <= MOST
    assert extent.valence_to - extent.valence_from >= 2
    for valence, arousal in places:
        assert extent.valence_from <= valence <= extent.valence_to
        assert extent.arousal_from <= arousal <= extent.arousal_to


def test_every_mood_has_its_own_marker() -> None:
    shapes = {mark.shape for mark in mood_markers().values()}
    assert len(shapes) == len(ml_gateway.MOODS)


def test_points_are_sent_again_only_when_they_changed(anna: Person, anna_client: Client) -> None:
    [first, second] = songs_at(anna, [(6, 3), (4, 6)])
    address = reverse("mood-points")

    def again(etag: str) -> Any:
        return anna_client.get(address, headers={"if-none-match": etag})

    sent = anna_client.get(address)
    assert "private" in sent.headers["Cache-Control"]
    same = again(sent.headers["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    Song.objects.filter(id=first.id).update(title="Harbour", edited_at=NOON + timedelta(days=1))
    renamed = again(sent.headers["ETag"])
    assert renamed.status_code == 200
    assert {song[1] for song in renamed.json()["songs"]} == {"Harbour", "piece 1.mp3"}
    songs_delete(ids=[second.id])
    fewer = again(renamed.headers["ETag"])
    assert (fewer.status_code, len(fewer.json()["songs"])) == (200, 1)


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps of more than ten songs draw about twenty of them."""
    monkeypatch.setattr("classifier.library.mood_map.MAX_DRAWN", 10)
    monkeypatch.setattr("classifier.library.mood_map.SAMPLE", 20)


def test_a_map_of_very_many_songs_draws_a_sample_of_them(anna: Person, anna_client: Client, samples: None) -> None:
    songs_at(anna, [(4 + number / 100, 5) for number in range(200)])
    content = points(anna_client)
    assert content["total"] == 200
    assert 1 <= len(content["songs"]) < 100
    assert points(anna_client) == content
    # Each part has all of its songs once they are few enough; the sample is among them.
    part = points(anna_client, valence_from=4.5, valence_to=4.595)
    assert (part["total"], len(part["songs"])) == (10, 10)
    drawn = {song[0] for song in content["songs"] if 4.5 <= song[3] <= 4.595}
    assert drawn <= {song[0] for song in part["songs"]}


def test_all_songs_of_an_outline_are_counted_and_the_newest_are_named(
    anna: Person, anna_client: Client, samples: None
) -> None:
    songs = songs_at(anna, [(4 + number / 100, 5) for number in range(200)])
    content = points(anna_client, area="3.9_4-6.1_4-6.1_6-3.9_6", newest="yes")
    assert content["total"] == 200
    assert [song[0] for song in content["songs"]] == [song.id.hex for song in songs[:-101:-1]]


def test_points_are_compressed_for_clients_that_accept_gzip(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(6, 3)])
    compressed = anna_client.get(reverse("mood-points"), headers={"accept-encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed.headers["Vary"]
    assert len(json.loads(gzip.decompress(compressed.content))["songs"]) == 1


def test_a_full_map_takes_as_many_queries_as_one_song(
    anna: Person, anna_client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    songs_at(anna, [(6, 3)])
    for size in (1, 120):
        songs_at(anna, [(4 + number / 100, 5) for number in range(size)])
        # Session, user, cells, sources.
        with django_assert_num_queries(4):
            page(anna_client)
        # Also the number of all songs, and whether the search has its index.
        with django_assert_num_queries(6):
            page(anna_client, q="piece")
        # Session, user, number, identifiers, points.
        with django_assert_num_queries(5):
            points(anna_client)


def test_a_map_of_ten_thousand_songs_is_fast(anna: Person, anna_client: Client) -> None:
    songs_at(anna, [(3 + number % 97 / 25, 3.5 + number % 89 / 40) for number in range(10_000)])
    for view in (page, points):
        # Far more than it takes, for slow machines.
        assert processor_seconds(partial(view, anna_client)) < 2


def test_agreeing_with_an_older_name_keeps_it(anna: Person, anna_client: Client) -> None:
    """The copied terms would have another name: Dreamy and Powerful."""
    [song] = songs_at(anna, [(6, 3)], first="dreamy")
    analysis_changed(song, model_version="mood-3", name="Wondrous and Powerful")
    Song.objects.filter(id=song.id).update(verdict="agreed", actual_primary="dreamy", actual_secondary="powerful")
    expected = {"name": "Wondrous and Powerful", "css": "dreamy", "certain": True, "yours": False}
    assert points(anna_client)["moods"] == [expected]


def test_a_corrected_mood_is_the_mood_of_its_point(anna: Person, anna_client: Client) -> None:
    [song] = songs_at(anna, [(6, 3)])
    Song.objects.filter(id=song.id).update(verdict="corrected", actual_primary="sad", actual_secondary="powerful")
    expected = {"name": "Sad but Powerful", "css": "sad", "certain": True, "yours": True}
    assert points(anna_client)["moods"] == [expected]
    assert 'aria-label="1 song, all Sad' in page(anna_client)
    assert len(points(anna_client, first="sad")["songs"]) == 1
    assert points(anna_client, first="calm")["songs"] == []
