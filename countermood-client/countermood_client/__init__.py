"""Client of a Countermood server.

with Client("http://localhost:8000", token="mmc_…") as client:
    song = client.tag(Path("song.mp3"))
    print(song["mood"]["name"])
"""

from countermood_client.async_client import AsyncClient
from countermood_client.client import Client
from countermood_client.errors import ApiError, ClientError, ConnectionFailed, JobFailed, TimedOut
from countermood_client.resources import (
    CorrectionReport,
    Delivery,
    Job,
    LinkResult,
    Mood,
    Notice,
    Page,
    Playlist,
    PlaylistEntry,
    Scores,
    Song,
    Source,
    Webhook,
    WebhookWithSecret,
)

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ClientError",
    "ConnectionFailed",
    "CorrectionReport",
    "Delivery",
    "Job",
    "JobFailed",
    "LinkResult",
    "Mood",
    "Notice",
    "Page",
    "Playlist",
    "PlaylistEntry",
    "Scores",
    "Song",
    "Source",
    "TimedOut",
    "Webhook",
    "WebhookWithSecret",
]
