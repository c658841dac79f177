"""What the models are and how good they are, for programs."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.model_cards import card_of, model_json


class Model(APIView):
    """The model in use, or `?version=`, one that is installed beside it."""

    def get(self, request: Request) -> Response:
        return Response(model_json(card_of(request.query_params.get("version"))))
