from django.db import migrations, models
from django.db.models.functions import Left, Length

MAX_KEY_LENGTH = 255


def cut(apps, schema_editor):
    """An entry of an index of PostgreSQL has at most 2,700 bytes."""
    song_model = apps.get_model("classifier", "Song")
    for name in ("sort_title", "sort_artist"):
        songs = song_model.objects.alias(characters=Length(name)).filter(characters__gt=MAX_KEY_LENGTH)
        songs.update(**{name: Left(name, MAX_KEY_LENGTH)})


class Migration(migrations.Migration):
    """Indexes with what filters and orders of the library read of a song, and of the songs that were judged."""

    dependencies = [("classifier", "0021_song_names_and_scores")]

    operations = [
        migrations.RunPython(cut, migrations.RunPython.noop),
        migrations.RemoveIndex("song", "song_newest_of_owner"),
        # With the column of its condition, which SQLite reads from the row otherwise.
        migrations.RemoveIndex("song", "song_size_of_owner"),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["owner", "size_bytes", "file"],
                name="song_size_of_owner",
                condition=models.Q(("file", ""), _negated=True),
            ),
        ),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=[
                    *("owner", "-created_at", "-id", "status", "verdict", "actual_primary", "actual_secondary"),
                    *("duration_s", "sort_artist", "sort_title", "deleted_at"),
                ],
                name="song_list_of_owner",
                condition=models.Q(("deleted_at__isnull", True)),
            ),
        ),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["owner", "-verdict_at"], name="song_judged_of_owner", condition=models.Q(("verdict", ""), _negated=True)
            ),
        ),
    ]
