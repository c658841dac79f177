"""Asks for the password again before something that changes how an account is protected."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.accounts.forms import ConfirmForm
from classifier.accounts.oidc import oidc_is_on
from classifier.accounts.remote_user import BY_HEADER
from classifier.accounts.sessions import confirm, recently_confirmed
from classifier.accounts.sign_in import password_confirm
from classifier.errors import ProductError

View = Callable[..., HttpResponseBase]


def confirmation_required(view: View) -> View:
    """For ten minutes after signing in, or after giving the password again."""

    @wraps(view)
    def confirmed(request: AuthenticatedHttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        following = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("account")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': following})}")

    return confirmed


def is_confirmed(request: AuthenticatedHttpRequest) -> bool:
    # Whom the proxy signs in has nothing else to confirm it with: the proxy does it with every request.
    by_proxy = request.session.get(BY_HEADER) and not request.user.has_usable_password()
    return bool(by_proxy) or recently_confirmed(request)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def confirm_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST or None)
    following = safe_next(request, reverse("account"))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            password_confirm(request=request, person=request.user, password=form.cleaned_data["password"])
        except ProductError as error:
            form.add_service_error(error)
            status = error.http_status
        else:
            confirm(request)
            return redirect(following)
    context = {"form": form, "next": following, "with_oidc": oidc_is_on()}
    return render(request, "accounts/confirm.html", context, status=400 if form.errors and status == 200 else status)


def safe_next(request: HttpRequest, default: str) -> str:
    """The page named by the parameter `next`, if it belongs to this site."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed else default
