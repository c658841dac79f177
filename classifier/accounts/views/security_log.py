"""The log of security events: one's own, and for owners that of everybody."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.fields import fold_name
from classifier.models import SecurityEvent

PAGE_SIZE = 50
FILTERS = ("kind", "person", "address", "from", "to")


@require_safe
@never_cache
def security_log(request: AuthenticatedHttpRequest) -> HttpResponse:
    events = SecurityEvent.objects.all()
    if not request.user.is_owner:
        events = events.filter(person=request.user)
    values = {name: request.GET.get(name, "").replace("\0", "").strip()[:150] for name in FILTERS}
    if values["kind"] in SecurityEvent.Kind.values:
        events = events.filter(kind=values["kind"])
    if values["person"] and request.user.is_owner:
        # By the person, also under earlier names, and by the name alone where the account is gone.
        key = fold_name(values["person"])
        events = events.filter(person__name_key=key) | events.filter(person_name__iexact=values["person"])
    if values["address"]:
        events = events.filter(address=values["address"])
    if day := _day(values["from"]):
        events = events.filter(at__date__gte=day)
    if day := _day(values["to"]):
        events = events.filter(at__date__lte=day)
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "values": {**values, "from_": values["from"]},
        "kinds": SecurityEvent.Kind.choices,
        "query": query.urlencode(),
        "is_filtered": any(values.values()),
    }
    return render(request, "accounts/security_log.html", context)


def _day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:
        return None
