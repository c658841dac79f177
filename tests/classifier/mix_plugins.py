"""Clients that speak as the AudioMuse-AI plugins for Navidrome and Jellyfin do: their addresses, parameters, headers,
and what they read of an answer. Written after their sources of April and June 2026."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.test import Client


class PluginError(Exception):
    """What the plugin reports to its server."""


@dataclass
class NavidromePlugin:
    """It sends everything as a query, takes status 200 alone, and turns distances into similarities."""

    token: str
    api_url: str = ""

    def similar_songs(self, song_id: str, count: int) -> list[dict[str, Any]]:
        parameters = {"item_id": song_id, "n": count, "eliminate_duplicates": "true", "radius_similarity": "true"}
        tracks = self._get("/api/similar_tracks", parameters)
        return [self._song(track) for track in tracks]

    def sonic_similar_tracks(self, song_id: str, count: int = 0) -> list[tuple[dict[str, Any], float]]:
        parameters = {
            "item_id": song_id,
            "n": count if count > 0 else 10,
            "eliminate_duplicates": "true",
            "radius_similarity": "true",
        }
        tracks = self._get("/api/similar_tracks", parameters)
        return [(self._song(track), min(max(1.0 - float(track["distance"]), 0.0), 1.0)) for track in tracks]

    def sonic_path(self, start_id: str, end_id: str, count: int = 0) -> list[dict[str, Any]]:
        count = count if count > 0 else 25
        answer = self._get(
            "/api/find_path",
            {
                "start_song_id": start_id,
                "end_song_id": end_id,
                "count": count,
                "max_steps": count,
                "path_fix_size": "false",
                "mood_pct": "100",
            },
        )
        return [self._song(track) for track in answer["path"]]

    def _get(self, path: str, parameters: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = Client(headers=headers).get(f"{self.api_url}{path}?{urlencode(sorted(parameters.items()))}")
        if response.status_code != 200:
            raise PluginError(f"AudioMuse-AI returned status {response.status_code}")
        return response.json()

    def _song(self, track: dict[str, Any]) -> dict[str, Any]:
        song = {"ID": track["item_id"], "Name": track["title"], "Artist": track["author"], "Album": track["album"]}
        assert all(isinstance(value, str) for value in song.values())
        return song


@dataclass
class JellyfinPlugin:
    """It writes identifiers as 32 hexadecimal digits, asks for similar songs of every seed until its mix is full, and
    takes an answer that is an array."""

    token: str

    def test_connection(self) -> bool:
        return self._get("/api/active_tasks").status_code == 200

    def health(self) -> bool:
        """Of the start page, following redirects as its HTTP client does."""
        return self._client().get("/", follow=True).status_code == 200

    def instant_mix(self, seeds: list[str], limit: int) -> list[str]:
        mix = [seeds[0]]
        per_seed = -(-(limit - 1) // len(seeds)) * (2 if len(seeds) > 1 else 1)
        for seed in seeds:
            response = self._get(f"/api/similar_tracks?n={per_seed}&item_id={quote(seed, safe='')}")
            if response.status_code != 200 or not isinstance(response.json(), list):
                continue
            for track in response.json():
                item_id = track.get("item_id")
                if item_id and len(mix) < limit and item_id not in mix:
                    mix.append(item_id)
        return mix

    def search(self, title: str = "", artist: str = "") -> Any:
        names = {"title": title, "artist": artist}
        query = "&".join(f"{name}={quote(text, safe='')}" for name, text in names.items() if text)
        return self._get(f"/api/search_tracks?{query}").json()

    def find_path(self, start_id: str, end_id: str, max_steps: int | None = None) -> Any:
        steps = f"&max_steps={max_steps}" if max_steps is not None else ""
        return self._get(f"/api/find_path?start_song_id={start_id}&end_song_id={end_id}{steps}")

    def _get(self, address: str) -> Any:
        return self._client().get(address)

    def _client(self) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.token}"})
