"""Webhooks: addresses that receive events, and the deliveries to each."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.api.idempotency import IDEMPOTENCY_KEY, idempotent
from classifier.api.v1.base import ChangesSerializer, ConditionalViewSet, StrictSerializer, V1ViewSet
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.pagination import PageQuery, page_of, page_response
from classifier.models import ApiToken, MessageStatus, Person, WebhookEndpoint, WebhookEvent, WebhookMessage
from classifier.serializers import iso_timestamp
from classifier.webhooks.endpoints import (
    MAX_URL,
    endpoint_add,
    endpoint_delete,
    endpoint_edit,
    message_send_again,
    own_endpoint,
    secret_change,
    trial_send,
)

WEBHOOK_ID = OpenApiParameter("webhook_id", uuid.UUID, OpenApiParameter.PATH)
DELIVERY_ID = OpenApiParameter("delivery_id", uuid.UUID, OpenApiParameter.PATH)
URL = r"^https?://[^\s\\\u0000-\u001f\u007f#]+$"


class WebhookSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=WebhookEvent.values))
    is_active = serializers.BooleanField(help_text="While it is not, events leave no message.")
    error_message = serializers.CharField(allow_blank=True, help_text="Why it was switched off, if not by you.")
    skipped = serializers.IntegerField(help_text="Events without a message, since too many others were waiting.")
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then, the previous secret signs too."
    )
    created_at = serializers.DateTimeField()


class WebhookWithSecretSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="For checking signatures. It is not shown again.")


class NewWebhookSerializer(StrictSerializer):
    url = serializers.RegexField(URL, max_length=MAX_URL)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=WebhookEvent.values), min_length=1, max_length=len(WebhookEvent)
    )


class WebhookChangesSerializer(ChangesSerializer):
    url = serializers.RegexField(URL, max_length=MAX_URL, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=WebhookEvent.values),
        min_length=1,
        max_length=len(WebhookEvent),
        required=False,
    )
    is_active = serializers.BooleanField(required=False)


class DeliveryQuery(PageQuery):
    status = serializers.ChoiceField(choices=MessageStatus.values, required=False)


class DeliverySerializer(serializers.Serializer):
    """A message for a webhook, and its last try."""

    id = serializers.UUIDField()
    webhook_id = serializers.CharField(help_text="The header `webhook-id` of every try.")
    event = serializers.CharField()
    status = serializers.ChoiceField(choices=MessageStatus.values)
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True, help_text="The next try, while the message is pending.")
    last_at = serializers.DateTimeField(allow_null=True)
    response_status = serializers.IntegerField(help_text="Of the last try; 0 without an answer.")
    error_message = serializers.CharField(allow_blank=True)
    duration_ms = serializers.IntegerField()


class DeliveryWithBodySerializer(DeliverySerializer):
    body = serializers.DictField(help_text="What is sent, as an object.")


class Webhooks(ConditionalViewSet):
    # They tell another machine about the library.
    action_scopes = dict.fromkeys(("create", "partial_update", "destroy", "secret"), ApiToken.ADMIN)
    model = WebhookEndpoint

    @extend_schema(
        operation_id="webhooks_list",
        summary="List webhooks",
        parameters=[PageQuery],
        responses=page_of(WebhookSerializer),
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """Without their secrets."""
        query = self.query(PageQuery)
        rows = WebhookEndpoint.objects.filter(owner=request.user).order_by("created_at", "id")
        return page_response(request, query, rows, _many)

    @extend_schema(
        operation_id="webhooks_create",
        summary="Add a webhook",
        request=NewWebhookSerializer,
        responses={201: WebhookWithSecretSerializer},
    )
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """Messages follow Standard Webhooks. Needs the scope `admin`."""
        self.no_query()
        endpoint, secret = endpoint_add(
            owner=request.user, **self.body(NewWebhookSerializer), now=timezone.now(), request=request._request
        )
        return Response(_with_secret(endpoint, secret), status=201)

    @extend_schema(
        operation_id="webhooks_retrieve",
        summary="Read a webhook",
        parameters=[WEBHOOK_ID],
        responses=WebhookSerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        self.no_query()
        return Response(self.data(request.user, webhook_id))

    @extend_schema(
        operation_id="webhooks_update",
        summary="Change a webhook",
        parameters=[WEBHOOK_ID, IF_MATCH],
        request=WebhookChangesSerializer,
        responses=WebhookSerializer,
    )
    def partial_update(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        """Switched on again, messages that wait are sent. Needs the scope `admin`."""
        self.no_query()
        changes = self.body(WebhookChangesSerializer)
        with self.unchanged(webhook_id):
            endpoint = _own(request.user, webhook_id)
            fields = {name: changes.get(name, getattr(endpoint, name)) for name in ("url", "events", "is_active")}
            endpoint_edit(endpoint=endpoint, **fields)
        return Response(self.data(request.user, webhook_id))

    @extend_schema(
        operation_id="webhooks_delete",
        summary="Delete a webhook",
        parameters=[WEBHOOK_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        """With its messages. Needs the scope `admin`."""
        self.no_query()
        with self.unchanged(webhook_id):
            endpoint_delete(endpoint=_own(request.user, webhook_id), request=request._request)
        return Response(status=204)

    @extend_schema(
        operation_id="webhooks_change_secret",
        summary="Change the secret of a webhook",
        parameters=[WEBHOOK_ID],
        request=None,
        responses=WebhookWithSecretSerializer,
    )
    def secret(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        """For a day, the previous secret signs too. Needs the scope `admin`."""
        self.no_query()
        secret = secret_change(endpoint=_own(request.user, webhook_id), now=timezone.now(), request=request._request)
        return Response(_with_secret(_own(request.user, webhook_id), secret))

    @extend_schema(
        operation_id="webhooks_test",
        summary="Send a test",
        parameters=[WEBHOOK_ID, IDEMPOTENCY_KEY],
        request=None,
        responses={202: DeliverySerializer},
    )
    @idempotent
    def test(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        """The event `webhook.test`, in a moment: read the delivery to see what became of it."""
        self.no_query()
        message = trial_send(endpoint=_own(request.user, webhook_id), now=timezone.now())
        return Response(_delivery(message), status=202)

    def data(self, owner: Person, key: Any) -> Any:
        return _many([_own(owner, key)])[0]


class Deliveries(V1ViewSet):
    @extend_schema(
        operation_id="deliveries_list",
        summary="List deliveries",
        parameters=[WEBHOOK_ID, DeliveryQuery],
        responses=page_of(DeliverySerializer),
    )
    def list(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID) -> Response:
        """Of the last week, the newest first."""
        query = self.query(DeliveryQuery)
        rows = WebhookMessage.objects.filter(endpoint=_own(request.user, webhook_id)).order_by("-created_at", "-id")
        if "status" in query:
            rows = rows.filter(status=query["status"])
        return page_response(request, query, rows, lambda messages: [_delivery(message) for message in messages])

    @extend_schema(
        operation_id="deliveries_retrieve",
        summary="Read a delivery",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        responses=DeliveryWithBodySerializer,
    )
    def retrieve(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
        """With the message itself."""
        self.no_query()
        message = _message(request.user, webhook_id, delivery_id)
        return Response({**_delivery(message), "body": json.loads(message.body)})

    @extend_schema(
        operation_id="deliveries_send_again",
        summary="Send a message again",
        parameters=[WEBHOOK_ID, DELIVERY_ID],
        request=None,
        responses={202: DeliverySerializer},
    )
    def again(self, request: AuthenticatedApiRequest, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Response:
        """With the same `webhook-id`."""
        self.no_query()
        message_send_again(message=_message(request.user, webhook_id, delivery_id), now=timezone.now())
        return Response(_delivery(_message(request.user, webhook_id, delivery_id)), status=202)


def _many(endpoints: Sequence[WebhookEndpoint]) -> list[Any]:
    return [WebhookSerializer(_json(endpoint)).data for endpoint in endpoints]


def _with_secret(endpoint: WebhookEndpoint, secret: str) -> Any:
    return WebhookWithSecretSerializer({**_json(endpoint), "secret": secret}).data


def _json(endpoint: WebhookEndpoint) -> dict[str, Any]:
    names = ("id", "url", "events", "is_active", "error_message", "skipped")
    until = endpoint.previous_until
    return {
        **{name: getattr(endpoint, name) for name in names},
        "previous_secret_until": iso_timestamp(until if until and until > timezone.now() else None),
        "created_at": iso_timestamp(endpoint.created_at),
    }


def _delivery(message: WebhookMessage) -> Any:
    names = ("id", "webhook_id", "event", "status", "attempts", "response_status", "error_message", "duration_ms")
    due = message.next_at if message.status == MessageStatus.PENDING else None
    times = {"created_at": message.created_at, "next_at": due, "last_at": message.last_at}
    return DeliverySerializer(
        {
            **{name: getattr(message, name) for name in names},
            **{name: iso_timestamp(time) for name, time in times.items()},
        }
    ).data


def _own(owner: Person, webhook_id: uuid.UUID) -> WebhookEndpoint:
    endpoint = own_endpoint(owner, webhook_id)
    if endpoint is None:
        raise Http404
    return endpoint


def _message(owner: Person, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> WebhookMessage:
    message = WebhookMessage.objects.filter(id=delivery_id, endpoint=_own(owner, webhook_id)).first()
    if message is None:
        raise Http404
    return message
