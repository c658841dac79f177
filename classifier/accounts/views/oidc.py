"""Signing in with OpenID Connect, and linking it with an account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.oidc import oidc_claims, oidc_is_on, oidc_link, oidc_person, oidc_redirect, oidc_unlink
from classifier.accounts.sign_in import sign_in_or_ask
from classifier.accounts.views.confirmation import confirmation_required, safe_next
from classifier.accounts.views.invitations import INVITATION
from classifier.accounts.views.sign_in import after_sign_in
from classifier.error_responses import error_response
from classifier.errors import ProductError

NEXT = "oidc_next"
LINK = "oidc_link"


@login_not_required
@require_safe
@never_cache
def oidc_login(request: HttpRequest) -> HttpResponse:
    """To the provider. A link and not a form: the policy of the pages forbids forms that lead to another site."""
    _require_oidc()
    request.session[NEXT] = safe_next(request, reverse("home"))
    request.session.pop(LINK, None)
    return _to_provider(request)


@require_safe
@never_cache
@confirmation_required
def oidc_connect(request: AuthenticatedHttpRequest) -> HttpResponse:
    """To the provider, to link its account with the one that is signed in."""
    _require_oidc()
    request.session[LINK] = request.user.pk
    return _to_provider(request)


def _to_provider(request: HttpRequest) -> HttpResponse:
    try:
        return oidc_redirect(request)
    except ProductError as error:
        return error_response(request, error)


@login_not_required
@require_safe
@never_cache
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to."""
    _require_oidc()
    now = timezone.now()
    link = request.session.pop(LINK, None)
    following = request.session.pop(NEXT, reverse("home"))
    try:
        claims = oidc_claims(request)
        if link is not None and request.user.is_authenticated and request.user.pk == link:
            oidc_link(claims=claims, person=request.user, now=now, request=request)
            messages.success(
                request, gettext("You can now sign in with %(provider)s.") % {"provider": settings.OIDC_NAME}
            )
            return redirect("account")
        invitation = request.session.pop(INVITATION, "")
        person = oidc_person(claims=claims, invitation_secret=invitation, now=now, request=request)
    except ProductError as error:
        return error_response(request, error)
    following = sign_in_or_ask(request, person, method=settings.OIDC_NAME, next_address=following)
    return redirect(after_sign_in(request, person, following))


@require_POST
@confirmation_required
def oidc_disconnect(request: AuthenticatedHttpRequest) -> HttpResponse:
    try:
        if oidc_unlink(person=request.user, request=request):
            messages.success(
                request, gettext("You can no longer sign in with %(provider)s.") % {"provider": settings.OIDC_NAME}
            )
    except ProductError as error:
        messages.error(request, error.message)
    return redirect("account")


def _require_oidc() -> None:
    if not oidc_is_on():
        raise Http404
