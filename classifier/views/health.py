"""For whoever watches over the installation."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.health import health_report


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    report = health_report(now=timezone.now())
    return JsonResponse(report, status=200 if report["ok"] else 503)
