import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Left, Length

from classifier.fields import FoldedTextField, uuid7

TERMS = (
    "joyful", "energetic", "playful", "powerful", "sensual", "angry", "tense", "dark", "sad", "nostalgic", "tender",
    "calm", "dreamy", "solemn", "elegant", "gritty",
)  # fmt: skip
FLOATS = ("confidence", "agreement", "valence", "arousal", "tempo", "loudness", *TERMS)
NOT_IN_BIN = Q(deleted_at__isnull=True)
MAX_KEY_LENGTH = 255


def folded(**options):
    return FoldedTextField(default="", blank=True, editable=False, **options)


def cut(apps, schema_editor):
    """An entry of an index of PostgreSQL has at most 2,700 bytes. Here, and not in the next migration, which creates the
    indexes: they would still have to take the rows that the same transaction has replaced."""
    song_model = apps.get_model("classifier", "Song")
    for name in ("sort_title", "sort_artist"):
        songs = song_model.objects.alias(characters=Length(name)).filter(characters__gt=MAX_KEY_LENGTH)
        songs.update(**{name: Left(name, MAX_KEY_LENGTH)})


class Migration(migrations.Migration):
    """Columns for orders, artists, albums, covers and the bin. Indexes follow when the columns are filled."""

    dependencies = [("classifier", "0019_pictures")]

    operations = [
        migrations.RunPython(cut, migrations.RunPython.noop),
        migrations.CreateModel(
            "Cover",
            [
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("small", models.BinaryField()),
                ("large", models.BinaryField()),
                (
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, related_name="+", on_delete=django.db.models.deletion.CASCADE
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "cover", models.UniqueConstraint(fields=("owner", "sha256"), name="cover_once_for_each_owner")
        ),
        migrations.AddField("song", "deleted_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("song", "track_order", models.PositiveIntegerField(null=True, blank=True)),
        migrations.AddField("song", "sort_key", models.PositiveSmallIntegerField(null=True, blank=True)),
        *(
            migrations.AddField("song", f"sort_{name}", models.FloatField(null=True, blank=True))
            for name in FLOATS
        ),
        migrations.AddField("song", "sort_album", folded(sources=("album",))),
        migrations.AddField(
            "song", "sort_album_artist", folded(sources=("album_artist", "artist"), first_only=True)
        ),
        migrations.AddField("song", "sort_music_genre", folded(sources=("music_genre",))),
        migrations.AddField(
            "song",
            "cover_image",
            models.ForeignKey(
                "classifier.cover", null=True, blank=True, on_delete=django.db.models.deletion.SET_NULL
            ),
        ),
        migrations.RemoveIndex("song", "song_newest_of_owner"),
        migrations.AddIndex(
            "song",
            models.Index(fields=["owner", "-created_at", "-id"], name="song_newest_of_owner", condition=NOT_IN_BIN),
        ),
        migrations.AddIndex(
            "song", models.Index(fields=["owner", "-deleted_at"], name="song_in_bin", condition=~NOT_IN_BIN)
        ),
    ]
