from django.db import migrations, models
from django.db.models import Q

NOT_IN_BIN = Q(deleted_at__isnull=True)
LIKED = Q(is_favourite=True) | Q(rating__gt=0)
SCORES = (
    "confidence", "agreement", "valence", "arousal", "tempo", "key", "loudness", "joyful", "energetic", "playful",
    "powerful", "sensual", "angry", "tense", "dark", "sad", "nostalgic", "tender", "calm", "dreamy", "solemn", "elegant",
    "gritty",
)  # fmt: skip
OF_GROUPS = ("is_copy", "deleted_at", "id", "status", "actual_primary", "mood_primary", "sort_valence", "sort_arousal")
CHANGED = {
    **{f"song_sort_{name}": ["owner", f"-sort_{name}", "-id", "is_copy", "deleted_at"] for name in SCORES},
    "song_artist_of_owner": ["owner", "sort_artist", *OF_GROUPS],
    "song_album_of_owner": ["owner", "sort_album", "sort_album_artist", *OF_GROUPS],
    "song_status_of_owner": ["owner", "status", "queue", "deleted_at", "id"],
}


class Migration(migrations.Migration):
    """Indexes that have all that the pages of a large library read, so that these leave the rows of songs alone."""

    dependencies = [("classifier", "0038_mood_in_list_index")]

    operations = [
        *(
            operation
            for name, fields in CHANGED.items()
            for operation in (
                migrations.RemoveIndex("song", name),
                migrations.AddIndex("song", models.Index(fields=fields, name=name, condition=NOT_IN_BIN)),
            )
        ),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["owner", "id", "is_copy", "deleted_at"], name="song_id_of_owner", condition=NOT_IN_BIN
            ),
        ),
        migrations.AddIndex(
            "songlocation",
            models.Index(
                fields=["source", "song", "is_favourite", "rating", "is_ignored", "missing_since"],
                name="location_liked",
                condition=LIKED,
            ),
        ),
    ]
