"""Saved filters of the library: saved below the list, managed beside it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.errors import ProductError
from classifier.library.saved_filters import filter_delete, filter_edit, filter_save
from classifier.models import SavedFilter
from classifier.views.ownership import return_address


@require_POST
def save(request: AuthenticatedHttpRequest) -> HttpResponse:
    try:
        saved = filter_save(
            owner=request.user,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            now=timezone.now(),
        )
    except ProductError as error:
        messages.error(request, error.message)
        return redirect(return_address(request, reverse("song-list")))
    messages.success(request, gettext("The filter “%(name)s” is saved.") % {"name": saved.name})
    return redirect(f"{reverse('song-list')}?{saved.query}")


@require_POST
def rename(request: AuthenticatedHttpRequest, filter_id: int) -> HttpResponse:
    try:
        filter_edit(saved=_own(request, filter_id), name=request.POST.get("name", ""))
    except ProductError as error:
        messages.error(request, error.message)
    return redirect(return_address(request, reverse("song-list")))


@require_POST
def delete(request: AuthenticatedHttpRequest, filter_id: int) -> HttpResponse:
    saved = _own(request, filter_id)
    filter_delete(saved=saved)
    messages.success(request, gettext("The filter “%(name)s” is deleted. Its songs are not.") % {"name": saved.name})
    return redirect(return_address(request, reverse("song-list")))


def _own(request: AuthenticatedHttpRequest, filter_id: int) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.for_owner(request.user), id=filter_id)
