"""The state of the installation for dashboards."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.accounts.authentication import AuthenticatedApiRequest
from classifier.monitoring.status import status_json
from classifier.query_parameters import check_parameters


class InstallationStatus(APIView):
    """All songs for the owner, the own ones for everybody else."""

    def get(self, request: AuthenticatedApiRequest) -> Response:
        check_parameters(request.query_params)
        return Response(status_json(request.user, now=timezone.now()))
