from django.db import migrations

from classifier.fields import FoldedTextField

NAMES = ("search_text", "sort_title", "sort_artist")
BATCH_SIZE = 500


def fill(apps, schema_editor):
    song_model = apps.get_model("classifier", "Song")
    fields = [song_model._meta.get_field(name) for name in NAMES]
    batch = []
    for song in song_model.objects.only("title", "artist", "file_name").iterator(chunk_size=BATCH_SIZE):
        for field in fields:
            field.pre_save(song, add=False)
        batch.append(song)
        if len(batch) == BATCH_SIZE:
            song_model.objects.bulk_update(batch, NAMES)
            batch = []
    song_model.objects.bulk_update(batch, NAMES)


class Migration(migrations.Migration):
    """Columns that every database searches and sorts alike."""

    dependencies = [("classifier", "0003_resumable_upload")]

    operations = [
        migrations.AddField("song", "search_text", FoldedTextField(sources=("title", "artist", "file_name"))),
        migrations.AddField("song", "sort_title", FoldedTextField(sources=("title", "file_name"), first_only=True)),
        migrations.AddField("song", "sort_artist", FoldedTextField(sources=("artist",))),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
