"""Keys to the API: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from classifier.errors import ProductError
from classifier.forms import TokenForm
from classifier.models import ApiToken
from classifier.services.tokens import token_make, token_revoke


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = token_make(owner=request.user, name=form.cleaned_data["name"], now=timezone.now())
            form = TokenForm()
        except ProductError as error:
            form.refuse(error)
    context = {
        "form": form,
        "key": key,
        "tokens": ApiToken.objects.for_owner(request.user),
        "address": request.build_absolute_uri("/api/predict/"),
    }
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    if token_revoke(owner=request.user, token_id=token_id):
        messages.success(request, "The token is revoked: whatever used it gets no answer any more.")
    return redirect("tokens")
