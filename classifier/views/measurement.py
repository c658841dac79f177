"""The page "Measured on your music": figures by mood from corrections or a CSV, kappa, and the recalibration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from classifier.accounts.authentication import AuthenticatedHttpRequest
from classifier.charts.library.correction_matrix import correction_matrix
from classifier.charts.library.recalibration_figures import RecalibrationFigures, recalibration_figures
from classifier.charts.library.term_measures import (
    calibration_diagrams,
    kappa_rows,
    kappa_text,
    term_rows,
    version_text,
)
from classifier.errors import ProductError
from classifier.library.label_agreement import MIN_JUDGED
from classifier.library.measurement import Labels, Measurement, measurement, own_labels, pair_agreement
from classifier.models import Person, Recalibration, RecalibrationKind, RecalibrationState
from classifier.recalibration.application import results_to_change
from classifier.services.label_file import LabelFile, label_file_read
from classifier.services.recalibration import (
    LEAST_SONGS,
    fitting_songs,
    recalibration_request,
    recalibration_switch_off,
    recalibration_switch_on,
)
from classifier.uploads.limits import MAX_TABLE_BYTES, file_missing, size_text


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: AuthenticatedHttpRequest) -> HttpResponse:
    """GET measures with the user's corrections; POST with `file`, and compares it with `other_file` or the corrections.

    Nothing of a file is stored, so a POST answers with the page itself.
    """
    if request.method != "POST":
        return _page(request)
    try:
        first, second = (_label_file(request, name) for name in ("file", "other_file"))
        if first is None:
            raise file_missing()
    except ProductError as error:
        return _page(request, error=error)
    return _page(request, first=first, second=second)


@require_POST
def recalibration(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`action` is fit with `kind`, on with `number`, or off."""
    action, now = request.POST.get("action"), timezone.now()
    try:
        if action == "fit":
            kind = request.POST.get("kind")
            known = kind if kind in RecalibrationKind.values else RecalibrationKind.TERMS
            recalibration_request(owner=request.user, kind=known, now=now)
            messages.success(request, gettext("A recalibration is being fitted. Reload this page in a moment."))
        elif action == "on":
            number = request.POST.get("number", "")
            one = recalibration_switch_on(
                owner=request.user, number=int(number) if number.isdecimal() and len(number) < 9 else 0, now=now
            )
            text = gettext("%(version)s is switched on. The results of your songs are brought up to date.")
            messages.success(request, text % {"version": one.version})
        else:
            recalibration_switch_off(owner=request.user, now=now)
            messages.success(request, gettext("The recalibration is switched off: songs get back what the model says."))
    except ProductError as error:
        return _page(request, error=error)
    return redirect("measurement")


def _page(
    request: AuthenticatedHttpRequest,
    *,
    first: LabelFile | None = None,
    second: LabelFile | None = None,
    error: ProductError | None = None,
) -> HttpResponse:
    own = own_labels(request.user)
    labels: Labels = first.labels if first else own
    measured = measurement(request.user, labels)
    context: dict[str, Any] = {
        "section": "history",
        "error": error,
        "limit": size_text(MAX_TABLE_BYTES),
        "file": first,
        "min_judged": MIN_JUDGED,
        "measured": measured,
        **(_figures(measured, of_file=first is not None) if measured.songs >= MIN_JUDGED else {}),
        **_pair(first, second, own),
        **_recalibration(request.user),
    }
    return render(request, "measurement/page.html", context, status=error.http_status if error else 200)


def _figures(measured: Measurement, *, of_file: bool) -> dict[str, Any]:
    matrix = correction_matrix(
        "main",
        gettext("Main mood"),
        gettext("The main mood that was stated, and the one in the name. Numbers are songs; outlined cells match."),
        measured.main_moods,
        lambda label, prediction: "" if of_file else _songs(said_first=label, analysis_first=prediction),
    )
    return {
        "rows": term_rows(measured),
        "diagrams": calibration_diagrams(measured),
        "versions": version_text(measured.versions),
        # Its summary speaks of the user's own moods.
        "matrix": replace(matrix, summary="") if of_file else matrix,
    }


def _songs(**parameters: str) -> str:
    return f"{reverse('song-list')}?{urlencode(parameters)}"


def _pair(first: LabelFile | None, second: LabelFile | None, own: Labels) -> dict[str, Any]:
    """A file is compared with another one, or else with the user's corrections."""
    if first is None:
        return {}
    agreement = pair_agreement(first.labels, second.labels if second else own)
    return {
        "pair": agreement,
        "pair_names": (first.name, second.name if second else gettext("your corrections")),
        "pair_kappa": kappa_text(agreement.kappa),
        "pair_interval": agreement.interval and tuple(map(kappa_text, agreement.interval)),
        "pair_rows": kappa_rows(agreement),
    }


def _recalibration(owner: Person) -> dict[str, Any]:
    mine = list(Recalibration.objects.filter(owner=owner))
    active = next((one for one in mine if one.is_active), None)
    base = settings.MODEL_BUNDLE
    judged = fitting_songs(owner, base).count()
    applying = next((one for one in mine if one.is_applying), None)
    return {
        "base": base,
        "active": active,
        "stated": judged,
        "songs_left": results_to_change(applying).count() if applying else 0,
        "kinds": [_kind(kind, mine, judged) for kind in RecalibrationKind],
    }


def _kind(kind: RecalibrationKind, mine: list[Recalibration], judged: int) -> dict[str, Any]:
    newest = next((one for one in mine if one.kind == kind and one.base_version == settings.MODEL_BUNDLE), None)
    figures: RecalibrationFigures | None = recalibration_figures(newest) if newest else None
    return {
        "kind": kind.value,
        "newest": newest,
        "figures": figures,
        "waits": newest is not None and newest.state == RecalibrationState.WAITING,
        "offered": newest is not None and newest.state == RecalibrationState.BETTER,
        "least": LEAST_SONGS[kind],
        "enough": judged >= LEAST_SONGS[kind],
    }


def _label_file(request: AuthenticatedHttpRequest, name: str) -> LabelFile | None:
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile) or file.file is None or not file.size:
        return None
    if upload_error := getattr(file, "error", None):
        raise upload_error
    return label_file_read(owner=request.user, name=file.name or "", content=file.file, now=timezone.now())
