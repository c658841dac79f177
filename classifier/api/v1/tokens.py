"""API tokens, for programs with the scope `admin`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from classifier.accounts.authentication import AuthenticatedApiRequest, ScopeMissing
from classifier.accounts.tokens import MAX_DAYS, token_create, token_revoke
from classifier.api.v1.base import ConditionalViewSet, StrictSerializer, Text
from classifier.api.v1.etags import IF_MATCH
from classifier.api.v1.pagination import PageQuery, page_of, page_response
from classifier.errors import ProductError
from classifier.models import ApiToken, Person
from classifier.serializers import iso_timestamp

TOKEN_ID = OpenApiParameter("token_id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
MAX_TOKENS = 100


class TokenSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The beginning of the token, by which it is recognised.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.SCOPES))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    ends_with_password = serializers.BooleanField()


class CreatedTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="The token itself. It is not shown again.")


class NewTokenSerializer(StrictSerializer):
    name = Text(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.SCOPES),
        min_length=1,
        max_length=len(ApiToken.SCOPES),
        default=list(ApiToken.DEFAULT_SCOPES),
    )
    days = serializers.IntegerField(
        min_value=1, max_value=MAX_DAYS, allow_null=True, default=None, help_text="Until it expires; null is never."
    )
    ends_with_password = serializers.BooleanField(default=False, help_text="With the next new password too.")


class Tokens(ConditionalViewSet):
    action_scopes = dict.fromkeys(("list", "create", "retrieve", "destroy"), ApiToken.ADMIN)
    model = ApiToken

    @extend_schema(
        operation_id="tokens_list", summary="List tokens", parameters=[PageQuery], responses=page_of(TokenSerializer)
    )
    def list(self, request: AuthenticatedApiRequest) -> Response:
        """All of your tokens, without the tokens themselves."""
        query = self.query(PageQuery)
        rows = ApiToken.objects.for_owner(request.user).order_by("-created_at", "-id")
        return page_response(request, query, rows, _many)

    @extend_schema(
        operation_id="tokens_create",
        summary="Create a token",
        request=NewTokenSerializer,
        responses={201: CreatedTokenSerializer},
    )
    def create(self, request: AuthenticatedApiRequest) -> Response:
        """A token creates none that may do more than itself, or that lasts longer."""
        self.no_query()
        values = self.body(NewTokenSerializer)
        now = timezone.now()
        if ApiToken.objects.for_owner(request.user).count() >= MAX_TOKENS:
            message = f"You have {MAX_TOKENS} tokens, which is the limit: revoke those that you do not need."
            raise ProductError("tokens_too_many", message)
        if isinstance(request.auth, ApiToken):
            _require_no_more_than(request.auth, values, now)
            values["ends_with_password"] |= request.auth.ends_with_password
        token, key = token_create(owner=request.user, **values, now=now, request=request._request)
        return Response(CreatedTokenSerializer({**_json(token), "token": key}).data, status=201)

    @extend_schema(
        operation_id="tokens_retrieve", summary="Read a token", parameters=[TOKEN_ID], responses=TokenSerializer
    )
    def retrieve(self, request: AuthenticatedApiRequest, token_id: int) -> Response:
        """Without the token itself."""
        self.no_query()
        return Response(self.data(request.user, token_id))

    @extend_schema(
        operation_id="tokens_delete",
        summary="Revoke a token",
        parameters=[TOKEN_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: AuthenticatedApiRequest, token_id: int) -> Response:
        """With `If-Match`, only if nobody has used it since."""
        self.no_query()
        with self.unchanged(token_id):
            if not token_revoke(owner=request.user, token_id=token_id, request=request._request):
                raise Http404
        return Response(status=204)

    def data(self, owner: Person, key: Any) -> Any:
        token = ApiToken.objects.for_owner(owner).filter(id=key).first()
        if token is None:
            raise Http404
        return _many([token])[0]


def _require_no_more_than(token: ApiToken, values: dict[str, Any], now: datetime) -> None:
    beyond = [scope for scope in values["scopes"] if not token.has_scope(scope)]
    if beyond:
        raise ScopeMissing(f"This token does not have the scope “{beyond[0]}”, and cannot give it to another one.")
    if token.expires_at is None:
        return
    days = values["days"]
    if days is None or now + timedelta(days=days) > token.expires_at:
        most = math.floor((token.expires_at - now) / timedelta(days=1))
        raise ProductError(
            "token_expiry",
            f"This token expires on {token.expires_at:%Y-%m-%d}, and cannot create one that lasts longer: "
            f"the limit is {most} day{'' if most == 1 else 's'}.",
        )


def _many(tokens: Sequence[ApiToken]) -> list[Any]:
    return [TokenSerializer(_json(token)).data for token in tokens]


def _json(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes.split(),
        "created_at": iso_timestamp(token.created_at),
        "expires_at": iso_timestamp(token.expires_at),
        "last_used_at": iso_timestamp(token.last_used_at),
        "ends_with_password": token.ends_with_password,
    }
