"""Accounts that people create themselves: with an invitation, or freely where SIGN_UP is open."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from classifier.accounts.forms import NewAccountForm
from classifier.accounts.invitations import invitation_accept, invitation_of_secret, sign_up, sign_up_check
from classifier.accounts.oidc import oidc_is_on
from classifier.accounts.sign_in import sign_in
from classifier.error_responses import error_response
from classifier.errors import ProductError

INVITATION = "invitation"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    now = timezone.now()
    try:
        found = invitation_of_secret(secret=secret, now=now)
    except ProductError as error:
        return error_response(request, error)
    form = NewAccountForm(request.POST or None, username=found.username)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            person = invitation_accept(
                invitation=found,
                username=form.cleaned_data.get("username", ""),
                password=form.cleaned_data["password"],
                now=now,
                request=request,
            )
        except ProductError as error:
            form.add_service_error(error)
            status = error.http_status
        else:
            request.session.pop(INVITATION, None)
            sign_in(request, person, method="invitation")
            return redirect("home")
    if oidc_is_on():
        # For those who come back from the provider instead of choosing a password.
        request.session[INVITATION] = secret
    context = {"form": form, "username": found.username, "oidc_name": settings.OIDC_NAME if oidc_is_on() else ""}
    return render(request, "accounts/new_account.html", context, status=_status(form, status))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def sign_up_page(request: HttpRequest) -> HttpResponse:
    try:
        sign_up_check()
    except ProductError as error:
        return error_response(request, error)
    form = NewAccountForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            person = sign_up(
                username=values["username"], password=values["password"], now=timezone.now(), request=request
            )
        except ProductError as error:
            form.add_service_error(error)
            status = error.http_status
        else:
            sign_in(request, person, method="sign-up")
            return redirect("home")
    context = {"form": form, "username": "", "oidc_name": settings.OIDC_NAME if oidc_is_on() else ""}
    return render(request, "accounts/new_account.html", context, status=_status(form, status))


def _status(form: NewAccountForm, status: int) -> int:
    return 400 if form.errors and status == 200 else status
