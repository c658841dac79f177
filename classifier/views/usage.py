"""The owner's pages about who uses how much, and the quota of each user."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.forms import QuotaForm
from classifier.accounts.quotas import (
    default_limits,
    limits_of,
    quota_set,
    usage,
    usage_by_person,
)
from classifier.models import Person, Quota
from classifier.views.usage_text import bin_text, usage_cells


@require_safe
@never_cache
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_owner(request)
    rows = [
        {
            "person": one.person,
            "cells": usage_cells(one.usage, one.limits),
            "references": one.usage.references,
            "bin": bin_text(one.usage),
            "own": one.own,
        }
        for one in usage_by_person(now=timezone.now())
    ]
    return render(request, "accounts/usage.html", {"rows": rows, "default": default_limits()})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def quota(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    _require_owner(request)
    person = get_object_or_404(Person, id=user_id)
    form = QuotaForm(request.POST or None, own=Quota.objects.filter(owner=person).first())
    if request.method == "POST" and form.is_valid():
        quota_set(by=request.user, person=person, request=request, **form.cleaned_data)
        messages.success(request, gettext("The quota of %(name)s is changed.") % {"name": person.username})
        return redirect("usage")
    cells = usage_cells(usage(person, now=timezone.now()), limits_of(person))
    context = {"form": form, "person": person, "cells": cells}
    return render(request, "accounts/quota.html", context, status=400 if form.errors else 200)


def _require_owner(request: AuthenticatedHttpRequest) -> None:
    if not request.user.is_owner:
        raise PermissionDenied
