from django.db import migrations, models


class Migration(migrations.Migration):
    """The tags and the cover of the file; empty for songs that were analysed before."""

    dependencies = [("classifier", "0005_song_stage_label")]

    operations = [
        migrations.AddField("song", "tags", models.JSONField(blank=True, default=dict)),
        migrations.AddField("song", "cover", models.FileField(blank=True, max_length=255)),
    ]
