from django.db import migrations, models


class Migration(migrations.Migration):
    """What a user stores is read from an index alone."""

    dependencies = [("classifier", "0014_api_call_count")]

    operations = [
        migrations.AddIndex("song", models.Index(fields=["owner", "size_bytes"], name="song_size_of_owner")),
    ]
