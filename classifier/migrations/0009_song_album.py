from django.db import migrations, models

from classifier.fields import FoldedTextField

BATCH_SIZE = 500


def fill(apps, schema_editor):
    """From the stored tags; the search text of a song without an album stays but for an empty line."""
    song_model = apps.get_model("classifier", "Song")
    field = song_model._meta.get_field("search_text")
    batch = []
    for song in song_model.objects.only("title", "artist", "file_name", "tags").iterator(chunk_size=BATCH_SIZE):
        album = song.tags.get("album", "") if isinstance(song.tags, dict) else ""
        song.album = str(album)[:255]
        field.pre_save(song, add=False)
        batch.append(song)
        if len(batch) == BATCH_SIZE:
            song_model.objects.bulk_update(batch, ["album", "search_text"])
            batch = []
    song_model.objects.bulk_update(batch, ["album", "search_text"])


class Migration(migrations.Migration):
    """The album is part of the search."""

    dependencies = [("classifier", "0008_monitoring")]

    operations = [
        migrations.AddField("song", "album", models.CharField(max_length=255, blank=True, default="")),
        migrations.AlterField(
            "song", "search_text", FoldedTextField(sources=("title", "artist", "album", "file_name"))
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
