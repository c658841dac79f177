from django.db import migrations, models
from django.db.models import F, Q

from classifier.fields import TextOrNull

NOT_IN_BIN = Q(deleted_at__isnull=True)
LIST = [
    *("owner", "-created_at", "-id", "deleted_at", "is_copy", "status", "verdict", "actual_primary"),
    *("actual_secondary", "mood_primary", "mood_secondary", "sort_valence", "sort_arousal", "mood_certain"),
    *("mood_genre", "sort_confidence", "sort_agreement", "mood_model", "mood_name"),
    *("duration_s", "sort_artist", "sort_title"),
]
TERMS = (
    "joyful", "energetic", "playful", "powerful", "sensual", "angry", "tense", "dark", "sad", "nostalgic", "tender",
    "calm", "dreamy", "solemn", "elegant", "gritty",
)  # fmt: skip
PROFILE = [
    *("owner", "sort_valence", "sort_arousal", *(f"sort_{term}" for term in TERMS), "sort_tempo", "sort_key"),
    *("duration_s", "year", "status", "deleted_at", "id", "is_copy", "sort_music_genre"),
]
BY_ARTIST = [
    *(F("owner"), TextOrNull("sort_artist"), F("sort_title"), F("created_at").desc(), F("id").desc()),
    *(F("is_copy"), F("deleted_at"), F("sort_artist")),
]
BY_ALBUM = [
    *(F("owner"), TextOrNull("sort_album"), F("sort_album_artist"), F("track_order"), F("sort_title")),
    *(F("created_at").desc(), F("id").desc(), F("is_copy"), F("deleted_at"), F("sort_album")),
]
BY_TITLE = ["owner", "sort_title", "-created_at", "-id", "is_copy", "deleted_at"]
BY_GENRE = ["owner", "sort_music_genre", "music_genre", "deleted_at"]


class Migration(migrations.Migration):
    """The mood in the index that lists, filters and charts read, and indexes of three more orders and of genres."""

    dependencies = [("classifier", "0037_mood_of_song")]

    operations = [
        migrations.AddIndex(
            "song", models.Index(*BY_ARTIST, name="song_by_artist_of_owner", condition=NOT_IN_BIN)
        ),
        migrations.AddIndex("song", models.Index(*BY_ALBUM, name="song_by_album_of_owner", condition=NOT_IN_BIN)),
        migrations.AddIndex("song", models.Index(fields=BY_TITLE, name="song_title_of_owner", condition=NOT_IN_BIN)),
        migrations.AddIndex("song", models.Index(fields=BY_GENRE, name="song_genre_of_owner", condition=NOT_IN_BIN)),
        migrations.RemoveIndex("song", "song_profile_of_owner"),
        migrations.AddIndex("song", models.Index(fields=PROFILE, name="song_profile_of_owner", condition=NOT_IN_BIN)),
        migrations.RemoveIndex("song", "song_list_of_owner"),
        migrations.AddIndex("song", models.Index(fields=LIST, name="song_list_of_owner", condition=NOT_IN_BIN)),
        # Where two indexes seem equally good, SQLite takes the one that was made last.
        migrations.RemoveIndex("song", "song_judged_of_owner"),
        migrations.AddIndex(
            "song",
            models.Index(fields=["owner", "-verdict_at"], name="song_judged_of_owner", condition=~Q(verdict="")),
        ),
    ]
