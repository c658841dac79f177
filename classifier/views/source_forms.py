"""The forms of sources. Errors of services stand beside the field that they are about."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from classifier.errors import ProductError
from classifier.models import Source, SourceKind

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
SHARES = [(share, gettext_lazy("All of it") if share == 100 else f"{share} %") for share in (100, 75, 50, 25, 10)]
SERVERS = [choice for choice in SourceKind.choices if choice[0] != SourceKind.FOLDER]
FIELD_OF_CODE = {"source_refused": "secret", "source_secret_needed": "secret", "source_secret_unreadable": "secret"}
"""Where the error of a service stands if not beside the address."""


def name_field(help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False, help_text=help_text)


class FolderForm(forms.Form):
    folder = forms.CharField(widget=forms.HiddenInput)
    name = name_field(gettext_lazy("Such as “Music”. Without one, it is the name of the folder."))


class ConnectionForm(forms.Form):
    """Where a music server is, and how to sign in to it."""

    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1000,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As in your browser, such as https://music.example.org or http://192.168.1.5:4533"),
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("Empty with an API key of OpenSubsonic, and for Plex."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Password or API key"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("It is stored encrypted and never shown again. Jellyfin: an API key. Plex: a token."),
    )

    @classmethod
    def of(cls, source: Source, data: Any = None) -> ConnectionForm:
        """To change it. An empty password is the stored one."""
        form = cls(data, initial={"address": source.address, "username": source.username})
        form.fields["secret"].required = False
        form.fields["secret"].help_text = gettext("Empty: the stored one. It must be entered again for another server.")
        return form

    def add_service_error(self, error: ProductError) -> None:
        self.add_error(FIELD_OF_CODE.get(error.code, "address"), ValidationError(error.message, code=error.code))


class ServerForm(ConnectionForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind of server"), choices=SERVERS)
    name = name_field(gettext_lazy("Such as “Navidrome”. Without one, it is the address."))

    field_order = ("kind", "address", "username", "secret", "name")


class SourceForm(forms.Form):
    """How the songs of a source are analysed."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    hours_from = forms.TypedChoiceField(label=gettext_lazy("Analyse from"), choices=HOURS, coerce=int)
    hours_to = forms.TypedChoiceField(
        label=gettext_lazy("until"),
        choices=HOURS,
        coerce=int,
        help_text=gettext_lazy("In the time zone of the server. The same hour twice means all day."),
    )
    share = forms.TypedChoiceField(label=gettext_lazy("Share of the workers’ time"), choices=SHARES, coerce=int)

    @classmethod
    def of(cls, source: Source, data: Any = None) -> SourceForm:
        names = ("name", "hours_from", "hours_to", "share")
        form = cls(data, initial={name: getattr(source, name) for name in names})
        if source.share not in dict(SHARES):  # set by other means
            shares = sorted([*SHARES, (source.share, f"{source.share} %")], reverse=True)
            cast(forms.TypedChoiceField, form.fields["share"]).choices = shares
        return form
