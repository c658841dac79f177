"""What the server answers, as types. Its OpenAPI schema, `/api/v1/schema/`, describes each key."""

from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

Entry = TypeVar("Entry")

Status = Literal["queued", "running", "done", "failed", "cancelled"]


class Notice(TypedDict):
    code: str
    message: str


class Mood(TypedDict):
    name: str
    primary: str
    secondary: str
    joined_by: str
    confidence: float
    secondary_confidence: float
    certain: bool
    genre: str
    primary_key: NotRequired[str]
    secondary_key: NotRequired[str]


class Scores(TypedDict):
    moods: NotRequired[dict[str, float]]
    emotions: dict[str, float]
    quadrants: dict[str, float]
    clusters: dict[str, float]
    valence: float
    arousal: float


class Alternative(TypedDict):
    name: str
    confidence: float


class Reason(TypedDict):
    mood: NotRequired[str]
    trait: NotRequired[str]
    feature: str
    text: str
    effect: float | None


class OwnAnswer(TypedDict):
    name: str
    version: str
    moods: list[str]
    chances: dict[str, float]


class StatedMood(TypedDict):
    name: str
    primary: str
    secondary: str | None
    joined_by: str | None


class Progress(TypedDict):
    stage: str
    segments_done: int
    segments_total: int


class Song(TypedDict):
    id: str
    status: Status
    file_name: str
    title: str
    artist: str
    album: str
    album_artist: str
    year: int | None
    music_genre: str
    duration_s: float | None
    sha256: str
    model_version: str | None
    created_at: str
    finished_at: str | None
    mood: Mood | None
    alternatives: list[Alternative]
    genres: dict[str, float]
    agreement: float | None
    scores: Scores | None
    reasons: list[Reason]
    explanations: dict[str, str]
    own_models: list[OwnAnswer]
    actual_mood: StatedMood | None
    verdict: str | None
    progress: Progress
    warnings: list[Notice]
    error: Notice | None
    deleted_at: str | None
    vocabulary: NotRequired[str]


class Job(TypedDict):
    id: str
    song: str
    file_name: str
    status: Status
    stage: str
    progress: float
    position: int | None
    remaining_s: float | None
    queued_at: str | None
    started_at: str | None
    finished_at: str | None
    error: Notice | None


class Scan(TypedDict):
    status: str
    started_at: str | None
    finished_at: str | None
    counts: dict[str, int]
    error: Notice | None


class Source(TypedDict):
    id: str
    kind: str
    name: str
    address: str
    username: str
    is_paused: bool
    hours_from: int
    hours_to: int
    share: int
    created_at: str
    scan: Scan


class Playlist(TypedDict):
    id: str
    name: str
    description: str
    rule: dict[str, Any]
    is_nightly: bool
    source: str | None
    songs: int
    created_at: str
    refreshed_at: str | None
    synced_at: str | None
    error: Notice | None


class PlaylistEntry(TypedDict):
    position: int
    reason: str
    song: Song


class Webhook(TypedDict):
    id: str
    url: str
    events: list[str]
    is_active: bool
    error_message: str
    skipped: int
    previous_secret_until: str | None
    created_at: str


class WebhookWithSecret(Webhook):
    secret: str


class Delivery(TypedDict):
    id: str
    webhook_id: str
    event: str
    status: Literal["pending", "delivered", "failed"]
    attempts: int
    created_at: str
    next_at: str | None
    last_at: str | None
    response_status: int
    error_message: str
    duration_ms: int


class LinkResult(TypedDict):
    link: str
    created: bool
    song: Song | None
    error: Notice | None


class LinkResults(TypedDict):
    results: list[LinkResult]


class CorrectedRow(TypedDict):
    row: int
    song: str
    song_id: str | None
    result: Literal["change", "problem"]
    before: str
    after: str
    code: str
    message: str


class CorrectionReport(TypedDict):
    is_made: bool
    changes: int
    problems: int
    unchanged: int
    results: list[CorrectedRow]


class Page(TypedDict, Generic[Entry]):
    next: str | None
    results: list[Entry]
