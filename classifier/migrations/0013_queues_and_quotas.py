import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Songs wait in one of two queues and are taken in turn by user; users can have quotas."""

    dependencies = [("classifier", "0012_names_unique")]

    operations = [
        migrations.AddField(
            "song",
            "queue",
            models.CharField(
                choices=[("interactive", "Interactive"), ("bulk", "Bulk")], default="interactive", max_length=16
            ),
        ),
        migrations.AddField("song", "not_before", models.DateTimeField(blank=True, null=True)),
        migrations.RemoveIndex("song", "song_queued"),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["queue", "owner", "created_at", "id"],
                name="song_queued_of_owner",
                condition=models.Q(status="queued"),
            ),
        ),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["queue", "created_at"], name="song_oldest_queued", condition=models.Q(status="queued")
            ),
        ),
        migrations.CreateModel(
            "QueueTurn",
            [
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="queue_turn",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("turn", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            "Quota",
            [
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="quota",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("songs", models.PositiveIntegerField(blank=True, null=True)),
                ("megabytes", models.PositiveIntegerField(blank=True, null=True)),
                ("minutes_a_day", models.PositiveIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            "AnalysedMusic",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("seconds", models.FloatField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="analysed_music",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["owner", "day"], name="music_once_for_each_day"),
                ],
            },
        ),
    ]
