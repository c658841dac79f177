from django.db import migrations, models

COLUMNS = {
    "name": models.CharField(blank=True, max_length=128, null=True),
    "primary": models.CharField(blank=True, max_length=32, null=True),
    "secondary": models.CharField(blank=True, max_length=32, null=True),
    "certain": models.BooleanField(blank=True, null=True),
    "genre": models.CharField(blank=True, max_length=64, null=True),
    "model": models.CharField(blank=True, max_length=64, null=True),
}
FILL = """
    UPDATE classifier_song
    SET (
        mood_name, mood_primary, mood_secondary, mood_certain, mood_genre, mood_model, sort_valence, sort_arousal
    ) = (
        SELECT name, "primary", secondary, certain, genre, model_version, valence, arousal
        FROM classifier_analysis
        WHERE song_id = classifier_song.id AND is_current
    )
"""


class Migration(migrations.Migration):
    """The mood of the current analysis in the row of the song, also its place in the plane, which old answers lack in their
    scores. The index follows when it is filled."""

    dependencies = [("classifier", "0036_vocabularies")]

    operations = [
        *(migrations.AddField("song", f"mood_{name}", field) for name, field in COLUMNS.items()),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
