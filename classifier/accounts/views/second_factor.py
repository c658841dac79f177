"""The pages on which people set up an authenticator app, passkeys and recovery codes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.forms import CodeForm
from classifier.accounts.passkeys import passkey_add, passkey_registration_options, passkey_remove
from classifier.accounts.second_factor import (
    has_second_factor,
    qr_code,
    recovery_codes_create,
    totp_activate,
    totp_address,
    totp_remove,
    totp_secret,
)
from classifier.accounts.views.confirmation import confirmation_required
from classifier.errors import ProductError
from classifier.models import TotpDevice

PENDING_APP = "pending_authenticator_app"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
@confirmation_required
def totp(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The secret stays in the session until a code proves that the app has it."""
    if TotpDevice.objects.filter(person=request.user).exists():
        messages.info(request, gettext("You have an authenticator app already. Remove it first to set up another one."))
        return redirect("account")
    secret = request.session.get(PENDING_APP) or totp_secret()
    request.session[PENDING_APP] = secret
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            codes = totp_activate(person=request.user, secret=secret, code=code, now=timezone.now(), request=request)
        except ProductError as error:
            form.add_service_error(error)
        else:
            del request.session[PENDING_APP]
            messages.success(
                request, gettext("The authenticator app is set up. From now on, signing in asks for its code.")
            )
            return _codes_page(request, codes) if codes else redirect("account")
    address = totp_address(request.user, secret)
    context = {"form": form, "secret": secret, "address": address, "picture": qr_code(address)}
    return render(request, "accounts/totp.html", context, status=400 if form.errors else 200)


@require_POST
@never_cache
@confirmation_required
def totp_delete(request: AuthenticatedHttpRequest) -> HttpResponse:
    totp_remove(person=request.user, request=request)
    messages.success(request, gettext("The authenticator app is removed."))
    return redirect("account")


@require_POST
@never_cache
@confirmation_required
def recovery_codes(request: AuthenticatedHttpRequest) -> HttpResponse:
    """New ones, in place of the earlier ones."""
    if not has_second_factor(request.user):
        messages.error(
            request, gettext("Recovery codes come with an authenticator app or a passkey: set up one of them first.")
        )
        return redirect("account")
    return _codes_page(request, recovery_codes_create(person=request.user, request=request))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
@confirmation_required
def passkey(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            codes = passkey_add(
                request=request,
                person=request.user,
                name=request.POST.get("name", ""),
                response=request.POST.get("passkey", ""),
                now=timezone.now(),
            )
        except ProductError as error:
            messages.error(request, error.message)
            return redirect("passkey")
        messages.success(
            request, gettext("The passkey is set up. From now on, signing in asks for it, or lets you in with it.")
        )
        return _codes_page(request, codes) if codes else redirect("account")
    context = {"options": passkey_registration_options(request, request.user)}
    return render(request, "accounts/passkey.html", context)


@require_POST
@never_cache
@confirmation_required
def passkey_delete(request: AuthenticatedHttpRequest, passkey_id: int) -> HttpResponse:
    if passkey_remove(person=request.user, passkey_id=passkey_id, request=request):
        messages.success(
            request, gettext("The passkey is removed here. Remove it from your device or password manager too.")
        )
    return redirect("account")


def _codes_page(request: AuthenticatedHttpRequest, codes: list[str]) -> HttpResponse:
    """The only time that they are shown."""
    text = gettext("Recovery codes of %(name)s at %(host)s\nEach works once.\n\n") % {
        "name": request.user.username,
        "host": request.get_host(),
    }
    context = {"codes": codes, "text": text + "\n".join(codes) + "\n"}
    return render(request, "accounts/recovery_codes.html", context)
