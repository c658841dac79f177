"""Getting in: the owner's account on the first visit, signing in and out, one's password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from classifier.errors import ProductError
from classifier.forms import PasswordForm, SetupForm, SignInForm
from classifier.services.setup import owner_create, setup_due


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """The first visit: whoever may makes the owner's account; afterwards there is nothing here any more."""
    if not setup_due():
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
            form.refuse(error)
            return render(request, "accounts/setup.html", {"form": form}, status=error.http_status)
        login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    return render(request, "accounts/setup.html", {"form": form}, status=400 if form.errors else 200)


class Login(views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if setup_due():
            return redirect("setup")
        return super().get(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(views.PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "Your password is changed; other devices have to sign in again.")
        return response
