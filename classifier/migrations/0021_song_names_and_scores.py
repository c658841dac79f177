from django.db import migrations, models
from django.db.models import Q

BATCH_SIZE = 500
TERMS = (
    "joyful", "energetic", "playful", "powerful", "sensual", "angry", "tense", "dark", "sad", "nostalgic", "tender",
    "calm", "dreamy", "solemn", "elegant", "gritty",
)  # fmt: skip
SORTED = ("confidence", "agreement", "valence", "arousal", "tempo", "key", "loudness", *TERMS)
NAMES = ("album_artist", "year", "music_genre")
FOLDED = ("sort_album", "sort_album_artist", "sort_music_genre")
COLUMNS = (*NAMES, *FOLDED, "track_order", *(f"sort_{name}" for name in SORTED))
NOT_IN_BIN = Q(deleted_at__isnull=True)


def fill(apps, schema_editor):
    """Album artist, year and genre from the stored tags, and what lists sort by from the stored analyses."""
    song_model, analysis_model = (apps.get_model("classifier", name) for name in ("Song", "Analysis"))
    batch = []
    for song in song_model.objects.defer("warnings", "search_text").iterator(chunk_size=BATCH_SIZE):
        batch.append(song)
        if len(batch) == BATCH_SIZE:
            fill_batch(song_model, analysis_model, batch)
            batch = []
    fill_batch(song_model, analysis_model, batch)


def fill_batch(song_model, analysis_model, songs):
    analyses = analysis_model.objects.filter(song__in=[song.pk for song in songs], is_current=True)
    analyses = analyses.select_related("detail").defer("detail__segments", "detail__waveform")
    by_song = {analysis.song_id: analysis for analysis in analyses}
    for song in songs:
        tags = song.tags if isinstance(song.tags, dict) else {}
        song.album_artist = song.album_artist or str(tags.get("album_artist", ""))[:255]
        song.music_genre = song.music_genre or str(tags.get("genre", ""))[:255]
        year, track = tags.get("year"), tags.get("track_number")
        song.year = song.year or (year if isinstance(year, int) else None)
        song.track_order = 1000 + track % 1000 if isinstance(track, int) else None
        for name in FOLDED:
            song_model._meta.get_field(name).pre_save(song, add=False)
        if song.pk in by_song:
            fill_scores(song, by_song[song.pk])
    song_model.objects.bulk_update(songs, COLUMNS, batch_size=20)


def fill_scores(song, analysis):
    detail = getattr(analysis, "detail", None)
    answer = detail.answer if detail else {}
    features, moods = answer.get("features", {}), answer.get("scores", {}).get("moods", {})
    for name in ("confidence", "agreement", "valence", "arousal"):
        setattr(song, f"sort_{name}", getattr(analysis, name))
    song.sort_tempo, song.sort_loudness = features.get("tempo_bpm"), features.get("rms_mean")
    key, mode = features.get("key"), features.get("mode")
    song.sort_key = None if key is None else int(key) % 12 * 2 + (0 if mode is None or mode >= 0.5 else 1)
    for term in TERMS:
        setattr(song, f"sort_{term}", moods.get(term))


class Migration(migrations.Migration):
    """Fill the columns of 0020, and index them."""

    dependencies = [("classifier", "0020_song_sorting_and_bin")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "song", models.Index(fields=["owner", "sort_artist"], name="song_artist_of_owner", condition=NOT_IN_BIN)
        ),
        migrations.AddIndex(
            "song",
            models.Index(
                fields=["owner", "sort_album", "sort_album_artist", "track_order"],
                name="song_album_of_owner",
                condition=NOT_IN_BIN,
            ),
        ),
        migrations.AddIndex(
            "song", models.Index(fields=["owner", "year"], name="song_year_of_owner", condition=NOT_IN_BIN)
        ),
        *(
            migrations.AddIndex(
                "song",
                models.Index(fields=["owner", f"-sort_{name}"], name=f"song_sort_{name}", condition=NOT_IN_BIN),
            )
            for name in SORTED
        ),
    ]
