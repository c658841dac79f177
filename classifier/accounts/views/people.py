"""The owner's pages about users: the list, and one page for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.accounts import people
from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.client_address import absolute_address
from classifier.accounts.forms import ConfirmForm, EmailForm, NameForm, UserForm
from classifier.accounts.invitations import OFF, invitation_create, invitation_revoke, open_invitations
from classifier.accounts.quotas import Usage, usage_by_person
from classifier.accounts.second_factor import has_second_factor
from classifier.accounts.sessions import sessions_of
from classifier.accounts.sign_in import password_confirm
from classifier.accounts.users import password_generate, user_add
from classifier.accounts.views.account import session_row
from classifier.accounts.views.confirmation import confirmation_required
from classifier.errors import ProductError
from classifier.fields import fold_name
from classifier.library.account_export import person_export_store
from classifier.media.downloads import account_file
from classifier.models import ApiToken, Person, SecurityEvent, Song
from classifier.services.person_delete import person_delete

PAGE_SIZE = 50
STATES = {"active": {"is_active": True}, "deactivated": {"is_active": False}, "owner": {"is_superuser": True}}


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def users(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_owner(request)
    form = _user_form(request)
    if request.method != "POST" or not form.is_valid():
        return _users_page(request, form=form, status=400 if form.errors else 200)
    username = form.cleaned_data["username"]
    try:
        if form.cleaned_data["way"] == "invitation":
            _, secret = invitation_create(by=request.user, username=username, now=timezone.now(), request=request)
            link = absolute_address(request, reverse("invitation", args=[secret]))
            return _users_page(request, form=_user_form(), added_name=username, link=link)
        # Generated and shown once, so that no owner chooses a weak one.
        password = password_generate()
        user = user_add(by=request.user, username=username, password=password, temporary=True, request=request)
    except ProductError as error:
        form.add_service_error(error)
        return _users_page(request, form=form, status=error.http_status)
    return _users_page(request, form=_user_form(), added_name=user.username, password=password)


def _user_form(request: AuthenticatedHttpRequest | None = None) -> UserForm:
    data = (request.POST or None) if request else None
    return UserForm(data, initial={"way": "password"}, names_are_free=settings.SIGN_UP != OFF)


def _users_page(request: AuthenticatedHttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    everybody = Person.objects.order_by("-is_superuser", "username")
    q = request.GET.get("q", "").replace("\0", "").strip()[:150]
    state = request.GET.get("state", "")
    if q:
        everybody = everybody.filter(name_key__contains=fold_name(q)) | everybody.filter(email__icontains=q)
    everybody = everybody.filter(**STATES.get(state, {}))
    page = Paginator(everybody, PAGE_SIZE).get_page(request.GET.get("page"))
    used = {one.person.pk: one.usage for one in usage_by_person(now=timezone.now())}
    context |= {
        "page": page,
        "rows": [(person, used.get(person.pk, Usage())) for person in page],
        "q": q,
        "state": state,
        "states": STATES,
        "is_filtered": bool(q or state in STATES),
        "invitations": open_invitations(now=timezone.now()),
    }
    return render(request, "accounts/users.html", context, status=status)


@require_safe
@never_cache
def user_detail(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    _require_owner(request)
    return _user_page(request, get_object_or_404(Person, id=user_id))


def _user_page(
    request: AuthenticatedHttpRequest, person: Person, *, status: int = 200, **context: object
) -> HttpResponse:
    tokens = ApiToken.objects.for_owner(person)
    values: dict[str, Any] = {
        "person": person,
        "is_self": person == request.user,
        "name_form": NameForm(initial={"username": person.username}),
        "email_form": EmailForm(initial={"email": person.email}),
        "sessions": [session_row(one, request) for one in sessions_of(person, now=timezone.now())],
        "tokens": tokens,
        "has_second_factor": has_second_factor(person),
        "song_count": Song.objects.for_owner(person).count(),
        "events": SecurityEvent.objects.filter(person=person)[:10],
    }
    return render(request, "accounts/user.html", values | context, status=status)


def _action(act: Callable[[AuthenticatedHttpRequest, Person], str]) -> Callable[..., HttpResponse]:
    """A button on the page of a person. It returns to that page with a message, or with the error."""

    @require_POST
    @never_cache
    def view(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
        _require_owner(request)
        person = get_object_or_404(Person, id=user_id)
        try:
            messages.success(request, act(request, person))
        except ProductError as error:
            messages.error(request, error.message)
        if not Person.objects.filter(id=request.user.pk, is_superuser=True).exists():
            return redirect("account")
        return redirect("user", user_id)

    return view


@require_POST
@never_cache
def rename(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    _require_owner(request)
    person = get_object_or_404(Person, id=user_id)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            people.person_rename(
                by=request.user, person=person, username=form.cleaned_data["username"], request=request
            )
        except ProductError as error:
            form.add_service_error(error)
            person.refresh_from_db()
            return _user_page(request, person, name_form=form, status=error.http_status)
        messages.success(request, gettext("The user name is now “%(name)s”.") % {"name": person.username})
        return redirect("user", user_id)
    return _user_page(request, person, name_form=form, status=400)


@require_POST
@never_cache
def email(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    _require_owner(request)
    person = get_object_or_404(Person, id=user_id)
    form = EmailForm(request.POST)
    form.is_valid()
    try:
        people.person_set_email(
            by=request.user, person=person, email=form.cleaned_data.get("email", ""), request=request
        )
    except ProductError as error:
        form.add_service_error(error)
        return _user_page(request, person, email_form=form, status=error.http_status)
    messages.success(request, gettext("The e-mail address is saved."))
    return redirect("user", user_id)


@require_POST
@never_cache
def new_password(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    """For a user who forgot theirs. Ends their sessions."""
    _require_owner(request)
    user = get_object_or_404(Person.objects.exclude(id=request.user.id), id=user_id)
    password = people.person_new_password(by=request.user, person=user, request=request)
    return _user_page(request, user, password=password)


def _activate(request: AuthenticatedHttpRequest, person: Person) -> str:
    if person.is_active:
        people.person_deactivate(by=request.user, person=person, request=request)
        return gettext("“%(name)s” is deactivated: no sign-in, no token works. The songs stay.") % {
            "name": person.username
        }
    people.person_activate(by=request.user, person=person, request=request)
    return gettext("“%(name)s” is active again.") % {"name": person.username}


def _owner(request: AuthenticatedHttpRequest, person: Person) -> str:
    if person.is_owner:
        people.owner_remove(by=request.user, person=person, request=request)
        return gettext("“%(name)s” is no longer an owner.") % {"name": person.username}
    people.owner_add(by=request.user, person=person, request=request)
    return gettext("“%(name)s” is now an owner.") % {"name": person.username}


def _end_sessions(request: AuthenticatedHttpRequest, person: Person) -> str:
    people.person_end_sessions(by=request.user, person=person, request=request)
    return gettext("“%(name)s” is signed out everywhere.") % {"name": person.username}


def _revoke_tokens(request: AuthenticatedHttpRequest, person: Person) -> str:
    number = people.person_revoke_tokens(by=request.user, person=person, request=request)
    return ngettext(
        "%(count)s API token of “%(name)s” revoked.", "%(count)s API tokens of “%(name)s” revoked.", number
    ) % {"count": number, "name": person.username}


def _remove_second_factor(request: AuthenticatedHttpRequest, person: Person) -> str:
    people.person_remove_second_factor(by=request.user, person=person, request=request)
    return gettext("“%(name)s” signs in with the password alone, until they set up a second factor again.") % {
        "name": person.username
    }


toggle_active = _action(_activate)
toggle_owner = _action(_owner)
end_sessions = _action(_end_sessions)
revoke_tokens = _action(_revoke_tokens)
remove_second_factor = _action(_remove_second_factor)


@require_POST
def revoke_invitation(request: AuthenticatedHttpRequest, invitation_id: int) -> HttpResponse:
    _require_owner(request)
    if invitation_revoke(by=request.user, invitation_id=invitation_id, request=request):
        messages.success(request, gettext("The invitation is revoked: its link no longer works."))
    return redirect("users")


@require_safe
@never_cache
@confirmation_required
def export(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponseBase:
    _require_owner(request)
    person = get_object_or_404(Person, id=user_id)
    return account_file(request, person, with_audio=request.GET.get("audio") == "1")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def delete(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    """With the songs, or leaving them to the owner who deletes the account."""
    _require_owner(request)
    person = get_object_or_404(Person, id=user_id)
    has_password = request.user.has_usable_password()
    form = ConfirmForm(request.POST or None)
    if not has_password:
        del form.fields["password"]
    status = 200
    if request.method == "POST" and form.is_valid():
        songs = "keep" if request.POST.get("songs") == "keep" else "delete"
        now = timezone.now()
        try:
            if person == request.user:
                raise ProductError("own_account", gettext("This is your own account: close it on the page “Account”."))
            if has_password:
                password_confirm(request=request, person=request.user, password=form.cleaned_data["password"])
            stored = ""
            if request.POST.get("store"):
                stored = person_export_store(
                    person=person, with_audio=bool(request.POST.get("audio")), now=now, request=request
                ).name
            name = person.username
            kept = person_delete(person=person, songs=songs, by=request.user, request=request, now=now)
        except ProductError as error:
            form.add_service_error(error)
            status = error.http_status
        else:
            messages.success(request, gettext("The account “%(name)s” is deleted.") % {"name": name})
            if songs == "keep":
                messages.info(
                    request,
                    ngettext(
                        "%(count)s of its songs is yours now; files that you had already were deleted.",
                        "%(count)s of its songs are yours now; files that you had already were deleted.",
                        kept,
                    )
                    % {"count": kept},
                )
            if stored:
                messages.info(
                    request,
                    gettext("The export is stored on the server: exports/%(file)s in DATA_DIR.") % {"file": stored},
                )
            return redirect("users")
    context = {"form": form, "person": person, "song_count": Song.objects.stored_by(person).count()}
    return render(
        request, "accounts/user_delete.html", context, status=400 if form.errors and status == 200 else status
    )


def _require_owner(request: AuthenticatedHttpRequest) -> None:
    if not request.user.is_owner:
        raise PermissionDenied
