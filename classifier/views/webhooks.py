"""The pages of webhooks: a list with a form, and each webhook with its last deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.models import MessageStatus, WebhookEndpoint, WebhookEvent, WebhookMessage
from classifier.webhooks.delivery import RETRY_AFTER
from classifier.webhooks.endpoints import (
    endpoint_add,
    endpoint_delete,
    endpoint_edit,
    message_send_again,
    own_endpoint,
    secret_change,
    trial_send,
)

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def webhook_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST adds a webhook and shows its page with the secret."""
    error: ProductError | None = None
    if request.method == "POST":
        try:
            endpoint, secret = endpoint_add(
                owner=request.user,
                url=request.POST.get("url", ""),
                events=request.POST.getlist("event"),
                now=timezone.now(),
                request=request,
            )
        except ProductError as caught:
            error = caught
        else:
            return _detail(request, endpoint, secret=secret)
    endpoints = WebhookEndpoint.objects.filter(owner=request.user).annotate(
        waiting=Count("messages", filter=Q(messages__status=MessageStatus.PENDING)),
        last_at=Max("messages__last_at"),
    )
    context = {
        "section": "account",
        "endpoints": endpoints,
        "error": error,
        "url": request.POST.get("url", ""),
        "events": _events(request.POST.getlist("event") if request.method == "POST" else WebhookEvent.values),
    }
    return render(request, "webhooks/list.html", context, status=error.http_status if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def webhook(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """POST edits it."""
    endpoint = _own(request, webhook_id)
    if request.method != "POST":
        return _detail(request, endpoint)
    try:
        endpoint_edit(
            endpoint=endpoint,
            url=request.POST.get("url", ""),
            events=request.POST.getlist("event"),
            is_active=bool(request.POST.get("active")),
        )
    except ProductError as error:
        return _detail(request, endpoint, error=error)
    messages.success(request, gettext("The webhook is saved."))
    return redirect("webhook", webhook_id)


@require_POST
@never_cache
def secret(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    endpoint = _own(request, webhook_id)
    changed = secret_change(endpoint=endpoint, now=timezone.now(), request=request)
    return _detail(request, _own(request, webhook_id), secret=changed)


@require_POST
def trial(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    trial_send(endpoint=_own(request, webhook_id), now=timezone.now())
    messages.success(request, gettext("A test is on its way: reload this page in a moment."))
    return redirect("webhook", webhook_id)


@require_POST
def again(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    message = get_object_or_404(WebhookMessage, id=message_id, endpoint=_own(request, webhook_id))
    message_send_again(message=message, now=timezone.now())
    messages.success(request, gettext("The message is sent again: reload this page in a moment."))
    return redirect("webhook", webhook_id)


@require_safe
def message(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    """The body of a message, as it is sent."""
    found = get_object_or_404(WebhookMessage, id=message_id, endpoint=_own(request, webhook_id))
    return HttpResponse(found.body, content_type="application/json")


@require_POST
def delete(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    endpoint_delete(endpoint=_own(request, webhook_id), request=request)
    messages.success(request, gettext("The webhook is deleted."))
    return redirect("webhooks")


def _detail(
    request: AuthenticatedHttpRequest, endpoint: WebhookEndpoint, *, secret: str = "", error: ProductError | None = None
) -> HttpResponse:
    deliveries = WebhookMessage.objects.filter(endpoint=endpoint).order_by("-created_at", "-id")
    editing = error is not None
    context = {
        "section": "account",
        "webhook": endpoint,
        "secret": secret,
        "error": error,
        "url": request.POST.get("url", "") if editing else endpoint.url,
        "events": _events(request.POST.getlist("event") if editing else endpoint.events),
        "both_valid": endpoint.previous_until is not None and endpoint.previous_until > timezone.now(),
        "page": Paginator(deliveries, PER_PAGE).get_page(request.GET.get("page")),
        "tries": len(RETRY_AFTER) + 1,
    }
    return render(request, "webhooks/detail.html", context, status=error.http_status if error else 200)


def _own(request: AuthenticatedHttpRequest, webhook_id: uuid.UUID) -> WebhookEndpoint:
    endpoint = own_endpoint(request.user, webhook_id)
    if endpoint is None:
        raise Http404(gettext("There is no such webhook."))
    return endpoint


def _events(chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    return [(event.value, str(event.label), event.value in chosen) for event in WebhookEvent]
