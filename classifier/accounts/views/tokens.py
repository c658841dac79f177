"""The page of API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.forms import TokenForm
from classifier.accounts.tokens import is_expired, token_create, token_revoke
from classifier.errors import ProductError
from classifier.models import ApiToken

SCOPES = " ".join(ApiToken.DEFAULT_SCOPES)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens(request: AuthenticatedHttpRequest) -> HttpResponse:
    now = timezone.now()
    form = TokenForm(request.POST or None, initial={"scopes": SCOPES})
    key = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _, key = token_create(
                owner=request.user,
                name=values["name"],
                now=now,
                scopes=(values["scopes"] or SCOPES).split(),
                days=int(values["days"]) if values["days"] else None,
                ends_with_password=values["ends_with_password"],
                request=request,
            )
            form = TokenForm(initial={"scopes": SCOPES})
        except ProductError as error:
            form.add_service_error(error)
    rows = [(token, is_expired(token, now=now)) for token in ApiToken.objects.for_owner(request.user)]
    context = {"form": form, "key": key, "tokens": rows, "address": request.build_absolute_uri(reverse("predict"))}
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: AuthenticatedHttpRequest, token_id: int) -> HttpResponse:
    if token_revoke(owner=request.user, token_id=token_id, request=request):
        messages.success(request, gettext("The token is revoked. Programs that use it can no longer sign in."))
    return redirect("tokens")
