"""Songs as the API has them, and what a client may send about one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from classifier import ml_gateway
from classifier.active_words import ActiveWords
from classifier.api.v1.base import ChangesSerializer, StrictSerializer, Text
from classifier.api.v1.pagination import PageQuery
from classifier.models import Song, Stage, Status, Verdict
from classifier.serializers import song_resource
from classifier.vocabularies.stored import DEFAULT, WORDS

GIVEN_VERDICTS = [verdict.value for verdict in Verdict if verdict]
JOINED_BY = ("but", "and")


class NetworkQuery(serializers.Serializer):
    model = serializers.ChoiceField(
        choices=list(ml_gateway.NETWORKS),
        default="both",
        required=False,
        help_text="The network whose scores the result shows. Both always run; this is a view.",
    )


class WordsQuery(serializers.Serializer):
    words = serializers.ChoiceField(
        choices=list(WORDS),
        default=DEFAULT,
        required=False,
        help_text="The names of moods: as the model gives them, by your own vocabulary, or in a language.",
    )


class SongQuery(NetworkQuery, WordsQuery):
    pass


class SongListQuery(PageQuery, NetworkQuery, WordsQuery):
    pass


class DeleteQuery(serializers.Serializer):
    bin = serializers.ChoiceField(
        choices=["yes", "no"], default="no", required=False, help_text="`yes`: into the bin, to be restored."
    )


class MoodSerializer(serializers.Serializer):
    """A composite mood. Results of older models name emotions."""

    name = serializers.CharField()
    primary = serializers.CharField()
    secondary = serializers.CharField()
    joined_by = serializers.CharField()
    confidence = serializers.FloatField(min_value=0, max_value=1)
    secondary_confidence = serializers.FloatField(min_value=0, max_value=1)
    certain = serializers.BooleanField()
    genre = serializers.CharField()
    primary_key = serializers.CharField(
        required=False, help_text="With `words=own`: the term, or the part of a term that the vocabulary splits."
    )
    secondary_key = serializers.CharField(required=False)


class ScoresSerializer(serializers.Serializer):
    """Chances and shares from 0 to 1; valence and arousal from 1 to 9."""

    moods = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="Absent in results of models before mood-4."
    )
    emotions = serializers.DictField(child=serializers.FloatField())
    quadrants = serializers.DictField(child=serializers.FloatField())
    clusters = serializers.DictField(child=serializers.FloatField())
    valence = serializers.FloatField()
    arousal = serializers.FloatField()


class AlternativeSerializer(serializers.Serializer):
    name = serializers.CharField()
    confidence = serializers.FloatField()


class OwnAnswerSerializer(serializers.Serializer):
    """What a model that the operator trained on own data says of the song."""

    name = serializers.CharField()
    version = serializers.CharField(help_text="Of the network; another one under the same name has another version.")
    moods = serializers.ListField(child=serializers.CharField(), help_text="The predicted ones, the likeliest first.")
    chances = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=1))


class ReasonSerializer(serializers.Serializer):
    mood = serializers.CharField(required=False)
    trait = serializers.CharField(required=False)
    feature = serializers.CharField()
    text = serializers.CharField()
    effect = serializers.FloatField(allow_null=True)


class StatedMoodSerializer(serializers.Serializer):
    """The moods that the user stated."""

    name = serializers.CharField()
    primary = serializers.CharField()
    secondary = serializers.CharField(allow_null=True)
    joined_by = serializers.ChoiceField(choices=JOINED_BY, allow_null=True)


class ProgressSerializer(serializers.Serializer):
    stage = serializers.ChoiceField(choices=[stage.value for stage in Stage], allow_blank=True)
    segments_done = serializers.IntegerField()
    segments_total = serializers.IntegerField()


class NoticeSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class SongSerializer(serializers.Serializer):
    """A song with its mood. The result is null or empty before the analysis is done."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    file_name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    artist = serializers.CharField(allow_blank=True)
    album = serializers.CharField(allow_blank=True)
    album_artist = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True)
    music_genre = serializers.CharField(allow_blank=True)
    duration_s = serializers.FloatField(allow_null=True)
    sha256 = serializers.CharField(allow_blank=True, help_text="Empty until a song of a source is read.")
    model_version = serializers.CharField(allow_null=True)
    vocabulary = serializers.CharField(required=False, help_text="With `words`: which words, and their version.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    mood = MoodSerializer(allow_null=True)
    alternatives = AlternativeSerializer(many=True)
    genres = serializers.DictField(child=serializers.FloatField())
    agreement = serializers.FloatField(allow_null=True)
    scores = ScoresSerializer(allow_null=True)
    reasons = ReasonSerializer(many=True)
    explanations = serializers.DictField(child=serializers.CharField())
    own_models = OwnAnswerSerializer(many=True, help_text="Empty where no own model has read the song.")
    actual_mood = StatedMoodSerializer(allow_null=True)
    verdict = serializers.ChoiceField(choices=GIVEN_VERDICTS, allow_null=True)
    progress = ProgressSerializer()
    warnings = NoticeSerializer(many=True)
    error = NoticeSerializer(allow_null=True, help_text="Why the analysis failed.")
    deleted_at = serializers.DateTimeField(allow_null=True, help_text="Since when it is in the bin.")


def song_data(song: Song, network: str = "both", words: ActiveWords | None = None) -> Any:
    return SongSerializer(song_resource(song, network, words)).data


class StatedMoodsSerializer(StrictSerializer):
    """One or two of the sixteen moods."""

    primary = serializers.ChoiceField(choices=list(ml_gateway.MOODS))
    secondary = serializers.ChoiceField(choices=list(ml_gateway.MOODS), allow_null=True, required=False)


class SongChangesSerializer(ChangesSerializer):
    """What is sent is changed, and nothing else."""

    schema_rules = {
        **ChangesSerializer.schema_rules,
        "dependentSchemas": {"actual_mood": {"properties": {"verdict": {"const": Verdict.CORRECTED.value}}}},
        "if": {"required": ["verdict"], "properties": {"verdict": {"const": Verdict.CORRECTED.value}}},
        "then": {"required": ["actual_mood"]},
    }

    title = Text(max_length=255, allow_blank=True, required=False)
    artist = Text(max_length=255, allow_blank=True, required=False)
    album = Text(max_length=255, allow_blank=True, required=False)
    album_artist = Text(max_length=255, allow_blank=True, required=False)
    year = serializers.IntegerField(min_value=1000, max_value=2999, allow_null=True, required=False)
    music_genre = Text(max_length=255, allow_blank=True, required=False)
    verdict = serializers.ChoiceField(
        choices=GIVEN_VERDICTS,
        allow_null=True,
        required=False,
        help_text="`agreed` makes the moods of the result yours; `corrected` needs `actual_mood`; null is no verdict.",
    )
    actual_mood = StatedMoodsSerializer(
        required=False, help_text="The right moods. Without a verdict, it is `corrected`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        corrected = Verdict.CORRECTED.value
        if "actual_mood" in attrs:
            if attrs.setdefault("verdict", corrected) != corrected:
                raise serializers.ValidationError({"actual_mood": f"Only the verdict {corrected} states moods."})
        elif attrs.get("verdict") == corrected:
            raise serializers.ValidationError({"actual_mood": f"The verdict {corrected} needs the right moods."})
        return attrs
