from urllib.parse import parse_qsl, urlencode

from django.db import migrations
from django.db.models import Case, F, Q, Value, When

# The words of the models before mood-4, and the terms that stand for them.
TERMS = {
    "amazement": "dreamy",
    "solemnity": "solemn",
    "tenderness": "tender",
    "nostalgia": "nostalgic",
    "calmness": "calm",
    "power": "powerful",
    "joyful_activation": "joyful",
    "tension": "tense",
    "sadness": "sad",
}
EMOTIONS = {term: emotion for emotion, term in TERMS.items()}
COLUMNS = {"Song": ("actual_primary", "actual_secondary"), "Analysis": ("primary", "secondary")}
PARAMETERS = {"mood", "first", "second", "said", "said_first", "analysis_first"}


def to_terms(apps, schema_editor):
    """Names and results stay as their model gave them."""
    translate(apps, TERMS)


def to_emotions(apps, schema_editor):
    """Terms without an emotion, such as "gritty", stay: the nine words have none for them."""
    translate(apps, EMOTIONS)


def translate(apps, words):
    """One statement for each of the large tables, which writes each row once."""
    for model, columns in COLUMNS.items():
        changed = Q(*((f"{column}__in", list(words)) for column in columns), _connector=Q.OR)
        apps.get_model("classifier", model).objects.filter(changed).update(
            **{column: translated(column, words) for column in columns}
        )


    for saved in apps.get_model("classifier", "SavedFilter").objects.all():
        pairs = [(name, words.get(value, value) if name in PARAMETERS else value) for name, value in parse_qsl(saved.query)]
        if urlencode(pairs) != saved.query:
            saved.query = urlencode(pairs)
            saved.save(update_fields=["query"])


def translated(column, words):
    return Case(*(When(**{column: old}, then=Value(new)) for old, new in words.items()), default=F(column))


class Migration(migrations.Migration):
    """Moods in sixteen terms: what users stated, what filters read of analyses, and saved filters."""

    dependencies = [("classifier", "0006_song_tags")]

    operations = [migrations.RunPython(to_terms, to_emotions)]
