"""Further people, whom the owner lets in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from classifier.errors import ProductError
from classifier.forms import PersonForm
from classifier.models import Person
from classifier.services.people import password_make, password_set, person_add


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    _only_owner(request)
    form = PersonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form=form, status=400 if form.errors else 200)
    # Made here and told once, so that nobody thinks up a weak one for somebody else.
    password = password_make()
    try:
        person = person_add(by=request.user, username=form.cleaned_data["username"], password=password)
    except ProductError as error:
        form.refuse(error)
        return _page(request, form=form, status=error.http_status)
    return _page(request, form=PersonForm(), person=person, password=password)


@require_POST
@never_cache
def new_password(request: HttpRequest, person_id: int) -> HttpResponse:
    """For somebody who forgot theirs; it ends their sessions."""
    _only_owner(request)
    person = get_object_or_404(Person.objects.exclude(id=request.user.id), id=person_id)
    password = password_make()
    password_set(person=person, password=password)
    return _page(request, form=PersonForm(), person=person, password=password)


def _page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    everybody = Person.objects.order_by("-is_superuser", "username")
    return render(request, "accounts/people.html", {"everybody": everybody, **context}, status=status)


def _only_owner(request: HttpRequest) -> None:
    if not request.user.is_owner:
        raise PermissionDenied
