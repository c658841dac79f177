"""First-run setup, and signing in by password, second factor and passkey."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from classifier.accounts.first_run import owner_create, setup_required
from classifier.accounts.forms import CodeForm, SetupForm, SignInForm
from classifier.accounts.oidc import oidc_is_on
from classifier.accounts.passkeys import passkey_check, passkey_sign_in_options
from classifier.accounts.second_factor import code_check
from classifier.accounts.sign_in import password_must_change, pending_sign_in, sign_in, sign_in_or_ask
from classifier.accounts.views.confirmation import safe_next
from classifier.errors import ProductError
from classifier.models import Passkey, Person, TotpDevice


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
        sign_in(request, owner, method="setup")
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

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        assert isinstance(person, Person)
        following = sign_in_or_ask(self.request, person, method="password", next_address=self.get_success_url())
        return redirect(after_sign_in(self.request, person, following, form.cleaned_data["username"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            with_passkeys=Passkey.objects.exists(),
            oidc_name=settings.OIDC_NAME if oidc_is_on() else "",
            sign_up_is_open=settings.SIGN_UP == "open",
        )


def after_sign_in(request: HttpRequest, person: Person, following: str, typed_name: str = "") -> str:
    """The page that follows, or the one that has to come before it; with the messages that the person needs."""
    if not request.user.is_authenticated:
        return following
    if typed_name and person.former_username == typed_name:
        messages.warning(
            request,
            gettext(
                "Your user name is now “%(name)s”: names no longer differ by capital letters alone, and another "
                "user was here first. Sign in with it from now on; “%(earlier)s” still works with your password."
            )
            % {"name": person.username, "earlier": typed_name},
        )
    if password_must_change(request, person):
        messages.info(request, gettext("Your password is temporary: choose one of your own."))
        return reverse("password")
    return following


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: a code, or a passkey."""
    pending = pending_sign_in(request)
    if pending is None:
        return redirect("login")
    person, method, following = pending
    form = CodeForm(request.POST if "code" in request.POST else None)
    form.fields["code"].widget.attrs["autofocus"] = True
    status, problem = 200, ""
    if request.method == "POST":
        try:
            if "passkey" in request.POST:
                passkey_check(request=request, person=person, response=request.POST["passkey"], now=timezone.now())
                factor = "passkey"
            elif form.is_valid():
                code_check(person=person, code=form.cleaned_data["code"], now=timezone.now(), request=request)
                factor = "code"
            else:
                factor = ""
        except ProductError as error:
            problem, factor, status = error.message, "", error.http_status
        if factor:
            sign_in(request, person, method=f"{method} and {factor}")
            return redirect(after_sign_in(request, person, following))
        status = status if status != 200 else 400
    context = {
        "form": form,
        "problem": problem,
        "with_app": TotpDevice.objects.filter(person=person).exists(),
        "with_passkeys": Passkey.objects.filter(person=person).exists(),
    }
    return render(request, "accounts/second_factor_sign_in.html", context, status=status)


@login_not_required
@require_safe
@never_cache
def passkey_options(request: HttpRequest) -> HttpResponse:
    """For the script of the sign-in pages: what the browser has to sign."""
    pending = pending_sign_in(request) if "step" in request.GET else None
    return JsonResponse(passkey_sign_in_options(request, pending[0] if pending else None))


@login_not_required
@require_http_methods(["POST"])
@sensitive_post_parameters()
@never_cache
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey alone: it is both what somebody has and what somebody knows or is."""
    try:
        response = request.POST.get("passkey", "")
        person = passkey_check(request=request, person=None, response=response, now=timezone.now())
    except ProductError as error:
        messages.error(request, error.message)
        return redirect("login")
    following = safe_next(request, reverse("home"))
    sign_in(request, person, method="passkey")
    return redirect(after_sign_in(request, person, following))
