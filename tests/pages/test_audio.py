"""The audio of a song, passages of it, and its spectrogram."""

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from classifier.models import Song
from tests.classifier.fake_analysis import wav

WHOLE = wav()


def audio(client: Client, song: Song, **headers: str) -> HttpResponse:
    return client.get(reverse("song-audio", args=[song.id]), headers=headers)


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_without_a_range_the_response_is_the_whole_file(anna_client: Client, queued_song: Song) -> None:
    response = audio(anna_client, queued_song)
    assert response.status_code == 200
    assert body(response) == WHOLE
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Length"] == str(len(WHOLE))
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_range_comes_with_its_position(anna_client: Client, queued_song: Song) -> None:
    response = audio(anna_client, queued_song, range="bytes=100-299")
    assert response.status_code == 206
    assert body(response) == WHOLE[100:300]
    assert response.headers["Content-Range"] == f"bytes 100-299/{len(WHOLE)}"
    assert response.headers["Content-Length"] == "200"


def test_a_range_behind_the_end_is_answered_with_the_length(anna_client: Client, queued_song: Song) -> None:
    response = audio(anna_client, queued_song, range=f"bytes={len(WHOLE)}-")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(WHOLE)}"


def test_a_range_of_an_older_file_is_answered_with_the_whole_new_file(anna_client: Client, queued_song: Song) -> None:
    etag = audio(anna_client, queued_song).headers["ETag"]
    same = audio(anna_client, queued_song, range="bytes=0-9", if_range=etag)
    assert (same.status_code, len(body(same))) == (206, 10)
    other = audio(anna_client, queued_song, range="bytes=0-9", if_range='"another"')
    assert (other.status_code, len(body(other))) == (200, len(WHOLE))


def test_a_cached_file_is_not_sent_again(anna_client: Client, queued_song: Song) -> None:
    etag = audio(anna_client, queued_song).headers["ETag"]
    response = audio(anna_client, queued_song, if_none_match=etag)
    assert response.status_code == 304
    assert not response.content


def test_head_has_the_length_and_no_body(anna_client: Client, queued_song: Song) -> None:
    response = anna_client.head(reverse("song-audio", args=[queued_song.id]))
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(WHOLE))
    assert not response.content


def test_the_playable_copy_is_sent_if_there_is_one(anna_client: Client, queued_song: Song) -> None:
    copy = Path(queued_song.file.path).with_name("playable-1.mp3")
    copy.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00 a copy")
    Song.objects.filter(id=queued_song.id).update(playable=str(Path(queued_song.file.name).with_name(copy.name)))
    response = audio(anna_client, queued_song)
    assert body(response).endswith(b"a copy")
    assert "song.mp3" in response.headers["Content-Disposition"]


def test_a_file_name_does_not_change_the_content_type(anna_client: Client, queued_song: Song) -> None:
    Song.objects.filter(id=queued_song.id).update(file_name='x".html')
    assert audio(anna_client, queued_song).headers["Content-Type"] == "audio/wav"


def test_a_missing_file_is_not_found(anna_client: Client, queued_song: Song) -> None:
    Path(queued_song.file.path).unlink()
    assert audio(anna_client, queued_song).status_code == 404


def test_the_audio_of_another_user_does_not_exist(boris_client: Client, queued_song: Song) -> None:
    assert audio(boris_client, queued_song).status_code == 404


def test_a_passage_is_a_wav_file(anna_client: Client, analysed_song: Song) -> None:
    response = anna_client.get(reverse("song-passage", args=[analysed_song.id]), {"start": "1", "end": "2.5"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.content[:4] == b"RIFF"
    assert abs(len(response.content) - 1.5 * 8000 * 2) < 500


@pytest.mark.parametrize("start", ["900", "1e300", "nan", "-1"])
def test_a_passage_outside_the_song_is_rejected(anna_client: Client, analysed_song: Song, start: str) -> None:
    response = anna_client.get(reverse("song-passage", args=[analysed_song.id]), {"start": start, "end": "2e300"})
    assert response.status_code == 400
    assert "passage_outside_song" in response.text


def test_a_passage_without_times_is_rejected(anna_client: Client, analysed_song: Song) -> None:
    for times in ({}, {"start": "1"}, {"start": "now", "end": "2"}):
        response = anna_client.get(reverse("song-passage", args=[analysed_song.id]), times)
        assert response.status_code == 400
        assert "start and end in seconds" in response.text


def test_a_passage_of_another_user_does_not_exist(boris_client: Client, analysed_song: Song) -> None:
    response = boris_client.get(reverse("song-passage", args=[analysed_song.id]), {"start": "1", "end": "2"})
    assert response.status_code == 404


def test_a_song_without_analysis_has_no_passages(anna_client: Client, queued_song: Song) -> None:
    response = anna_client.get(reverse("song-passage", args=[queued_song.id]), {"start": "1", "end": "2"})
    assert response.status_code == 404


def test_a_cached_spectrogram_is_not_sent_again(anna_client: Client, analysed_song: Song) -> None:
    address = reverse("song-spectrogram", args=[analysed_song.id])
    first = anna_client.get(address)
    assert first.headers["Content-Type"] == "image/png"
    assert body(first)[:4] == b"\x89PNG"
    again = anna_client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_song_without_analysis_has_no_spectrogram(anna_client: Client, queued_song: Song) -> None:
    assert anna_client.get(reverse("song-spectrogram", args=[queued_song.id])).status_code == 404


def test_the_browser_of_its_owner_keeps_audio_for_some_minutes(anna_client: Client, analysed_song: Song) -> None:
    """So that a player goes on at once on the next page. With another session, the browser asks again."""
    response = anna_client.get(reverse("song-audio", args=[analysed_song.id]))
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in response.headers["Vary"]
