"""First-run setup, signing in, passwords, users and API tokens."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.first_run import owner_create, setup_required
from classifier.accounts.forms import PasswordForm, SetupForm, SignInForm, TokenForm, UserForm
from classifier.accounts.tokens import token_create, token_revoke
from classifier.accounts.users import password_generate, password_set, user_add
from classifier.errors import ProductError
from classifier.models import ApiToken, Person


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """The first visit creates the owner's account. Later this redirects to the sign-in page."""
    if not setup_required():
        return redirect("login")
    form = SetupForm(request.POST or None, ask_token=settings.REQUIRE_SETUP_TOKEN)
    if request.method == "POST" and form.is_valid():
        try:
            owner = owner_create(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                setup_token=form.cleaned_data.get("setup_token", ""),
                now=timezone.now(),
            )
        except ProductError as error:
            form.add_service_error(error)
            return render(request, "accounts/setup.html", {"form": form}, status=error.http_status)
        login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    return render(request, "accounts/setup.html", {"form": form}, status=400 if form.errors else 200)


class Login(views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if setup_required():
            return redirect("setup")
        return super().get(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(views.PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "Your password is changed. Other devices have to sign in again.")
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def users(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_owner(request)
    form = UserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _users_page(request, form=form, status=400 if form.errors else 200)
    # Generated and shown once, so that nobody chooses a weak one for somebody else.
    password = password_generate()
    try:
        user = user_add(by=request.user, username=form.cleaned_data["username"], password=password)
    except ProductError as error:
        form.add_service_error(error)
        return _users_page(request, form=form, status=error.http_status)
    return _users_page(request, form=UserForm(), added=user, password=password)


@require_POST
@never_cache
def new_password(request: AuthenticatedHttpRequest, user_id: int) -> HttpResponse:
    """For a user who forgot theirs. Ends their sessions."""
    _require_owner(request)
    user = get_object_or_404(Person.objects.exclude(id=request.user.id), id=user_id)
    password = password_generate()
    password_set(user=user, password=password)
    return _users_page(request, form=UserForm(), added=user, password=password)


def _users_page(request: AuthenticatedHttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    all_users = Person.objects.order_by("-is_superuser", "username")
    return render(request, "accounts/users.html", {"users": all_users, **context}, status=status)


def _require_owner(request: AuthenticatedHttpRequest) -> None:
    if not request.user.is_owner:
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = token_create(owner=request.user, name=form.cleaned_data["name"], now=timezone.now())
            form = TokenForm()
        except ProductError as error:
            form.add_service_error(error)
    context = {
        "form": form,
        "key": key,
        "tokens": ApiToken.objects.for_owner(request.user),
        "address": request.build_absolute_uri("/api/predict/"),
    }
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: AuthenticatedHttpRequest, token_id: int) -> HttpResponse:
    if token_revoke(owner=request.user, token_id=token_id):
        messages.success(request, "The token is revoked. Programs that use it can no longer sign in.")
    return redirect("tokens")
