"""The vocabulary of the user: their own words for moods."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier import ml_gateway
from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.v1.base import ConditionalViewSet, StrictSerializer, Text
from classifier.api.v1.etags import IF_MATCH
from classifier.models import Person, Vocabulary
from classifier.vocabularies.stored import vocabulary_lock, vocabulary_of, vocabulary_save

TERMS = list(ml_gateway.MOODS)


class TermSerializer(StrictSerializer):
    """What is said of a term; everything that is left out stays as it is shipped."""

    name = Text(required=False, allow_blank=True, help_text="Without ; / and , which end a tag.")
    description = Text(required=False, allow_blank=True)
    colour = Text(required=False, allow_blank=True, help_text="Such as #4a6fa5.")
    hidden = serializers.BooleanField(required=False, help_text="The term is never in a name.")
    merged_into = serializers.ChoiceField(
        choices=TERMS, required=False, allow_blank=True, help_text="The term as which it is shown."
    )
    from_chance = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text="With a lower chance, it is not named."
    )


class ConditionSerializer(StrictSerializer):
    """Either `above` or `below`."""

    score = serializers.ChoiceField(choices=list(ml_gateway.SPLIT_SCORES))
    above = serializers.FloatField(required=False)
    below = serializers.FloatField(required=False)


class SplitSerializer(StrictSerializer):
    """A part of a term: the songs of the term for which all conditions hold."""

    term = serializers.ChoiceField(choices=TERMS)
    key = Text(required=False, allow_blank=True, help_text="Made from the name if it is left out.")
    name = Text()
    description = Text(required=False, allow_blank=True)
    colour = Text(required=False, allow_blank=True)
    when = ConditionSerializer(many=True)


class VocabularyContentSerializer(StrictSerializer):
    format = serializers.IntegerField(required=False, min_value=1, max_value=1)
    name = Text(required=False, allow_blank=True)
    language = serializers.ChoiceField(
        choices=list(ml_gateway.LANGUAGES), required=False, allow_blank=True, help_text="Of the words that it keeps."
    )
    terms = serializers.DictField(child=TermSerializer(), required=False, help_text=f"By term: {', '.join(TERMS)}.")
    splits = SplitSerializer(many=True, required=False)


class VocabularySerializer(serializers.Serializer):
    version = serializers.IntegerField(help_text="0 for the shipped words; every change has a higher one.")
    is_applied = serializers.BooleanField(help_text="Whether all songs have their names; large libraries take a while.")
    vocabulary = VocabularyContentSerializer()


class VocabularyView(ConditionalViewSet):
    model = Vocabulary
    http_method_names = ["get", "head", "put"]

    @extend_schema(operation_id="vocabulary_retrieve", summary="Read your vocabulary", responses=VocabularySerializer)
    def retrieve(self, request: AuthenticatedApiRequest) -> Response:
        """Your own words for moods, as `words=own` uses them."""
        self.no_query()
        return Response(_content(request.user))

    @extend_schema(
        operation_id="vocabulary_replace",
        summary="Replace your vocabulary",
        parameters=[IF_MATCH],
        request=VocabularyContentSerializer,
        responses=VocabularySerializer,
    )
    def replace(self, request: AuthenticatedApiRequest) -> Response:
        """Songs get their names at once, or in the background where there are many. An empty object goes back to the
        shipped words."""
        self.no_query()
        self.body(VocabularyContentSerializer)
        with self.unchanged(request.user.pk):
            vocabulary_save(person=request.user, content=request.data, now=timezone.now())
        return Response(_content(request.user))

    def data(self, owner: Person, key: Any) -> Any:
        return _content(owner)

    def lock(self, owner: Person, key: Any) -> None:
        vocabulary_lock(owner)


def _content(person: Person) -> dict[str, Any]:
    row = Vocabulary.objects.filter(owner=person).first()
    return {
        "version": person.vocabulary_version,
        "is_applied": row is None or row.is_applied,
        "vocabulary": ml_gateway.vocabulary_to_json(vocabulary_of(person)),
    }
