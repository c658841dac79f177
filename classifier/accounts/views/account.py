"""A person's own account: password, sessions, second factor, data, and its end."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.client_address import device_name
from classifier.accounts.event_texts import device_text
from classifier.accounts.forms import ConfirmForm, PasswordForm
from classifier.accounts.oidc import oidc_is_on
from classifier.accounts.second_factor import recovery_codes_left
from classifier.accounts.security_log import Kind, record_event
from classifier.accounts.sessions import session_end, sessions_end, sessions_of
from classifier.accounts.sign_in import password_confirm
from classifier.accounts.tokens import tokens_revoke
from classifier.accounts.users import password_set
from classifier.accounts.views.confirmation import confirmation_required, is_confirmed
from classifier.errors import ProductError
from classifier.media.downloads import account_file
from classifier.models import ApiToken, OidcIdentity, Passkey, SecurityEvent, Song, TotpDevice, UserSession
from classifier.services.person_delete import person_delete

RECENT_EVENTS = 10


@require_safe
@never_cache
def account(request: AuthenticatedHttpRequest) -> HttpResponse:
    person = request.user
    passkeys = list(Passkey.objects.filter(person=person))
    totp = TotpDevice.objects.filter(person=person).first()
    context = {
        "section": "account",
        "sessions": [session_row(one, request) for one in sessions_of(person, now=timezone.now())],
        "totp": totp,
        "passkeys": passkeys,
        "has_second_factor": bool(totp or passkeys),
        "recovery_codes_left": recovery_codes_left(person),
        "oidc_name": settings.OIDC_NAME if oidc_is_on() else "",
        "is_linked": OidcIdentity.objects.filter(person=person).exists(),
        "token_count": ApiToken.objects.for_owner(person).count(),
        "song_count": Song.objects.for_owner(person).count(),
        "events": SecurityEvent.objects.filter(person=person)[:RECENT_EVENTS],
    }
    return render(request, "accounts/account.html", context)


def session_row(session: UserSession, request: HttpRequest) -> dict[str, Any]:
    return {
        "id": session.id,
        "device": device_text(device_name(session.user_agent)),
        "address": session.address,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "is_this": session.session_key == request.session.session_key,
    }


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class Password(views.PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("home")
    request: AuthenticatedHttpRequest

    def dispatch(self, request: AuthenticatedHttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not request.user.has_usable_password() and not is_confirmed(request):
            # Without an old password to ask for, signing in again shows who it is.
            return redirect("confirm")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        password_set(
            user=self.request.user,
            password=form.cleaned_data["new_password1"],
            request=self.request,
            keep_session=True,
        )
        if form.cleaned_data.get("revoke_tokens"):
            tokens_revoke(owner=self.request.user, request=self.request)
        messages.success(self.request, gettext("Your password is changed. Other devices have to sign in again."))
        return redirect(str(self.success_url))


@require_POST
def end_session(request: AuthenticatedHttpRequest, session_id: int) -> HttpResponse:
    if session_end(person=request.user, session_id=session_id):
        record_event(Kind.SESSIONS_ENDED, request.user, request, sessions=1)
        messages.success(request, gettext("That device is signed out."))
    return redirect("account")


@require_POST
def end_other_sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    ended = sessions_end(person=request.user, keep=request)
    record_event(Kind.SESSIONS_ENDED, request.user, request, sessions=ended)
    messages.success(request, gettext("All other devices are signed out."))
    return redirect("account")


@require_safe
@never_cache
@confirmation_required
def export(request: AuthenticatedHttpRequest) -> HttpResponseBase:
    return account_file(request, request.user, with_audio=request.GET.get("audio") == "1")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def close(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Deletes the own account with everything in it."""
    person = request.user
    has_password = person.has_usable_password()
    if not has_password and not is_confirmed(request):
        return redirect("confirm")
    form = ConfirmForm(request.POST or None)
    if not has_password:
        del form.fields["password"]
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if has_password:
                password_confirm(request=request, person=person, password=form.cleaned_data["password"])
            person_delete(person=person, songs="delete", request=request, now=timezone.now())
        except ProductError as error:
            form.add_service_error(error)
            status = error.http_status
        else:
            # Not logout(), which would record an event for a user who no longer exists.
            request.session.flush()
            messages.success(request, gettext("Your account, your songs and their audio are deleted."))
            return redirect("login")
    context = {"form": form, "song_count": Song.objects.stored_by(person).count()}
    return render(request, "accounts/close.html", context, status=400 if form.errors and status == 200 else status)
