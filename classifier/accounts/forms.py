"""Forms of accounts. The values of other forms are checked by services."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from classifier.accounts.quotas import MAX_LIMIT, default_limits
from classifier.errors import ProductError
from classifier.localized import grouped
from classifier.models import Person, Quota

NAME_MAX_LENGTH = 150


class ServiceForm(forms.Form):
    """Shows the error of a service above its fields."""

    def add_service_error(self, error: ProductError) -> None:
        self.add_error(None, ValidationError(error.message, code=error.code))


def username_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("User name"),
        max_length=NAME_MAX_LENGTH,
        validators=Person._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("Letters, digits and @ . + - _"),
    )


def new_password_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))


class NewAccountForm(ServiceForm):
    """A name and a password of one's own choice."""

    username = username_field()
    password = new_password_field(gettext_lazy("Password"))
    password_again = new_password_field(gettext_lazy("Repeat password"))

    def __init__(self, *args: Any, username: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed_username = username
        self.fields["password"].help_text = " ".join(password_validators_help_texts())
        if username:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        password, again = values.get("password"), values.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", gettext("The two passwords differ: type the same one twice."))
        elif password:
            try:
                validate_password(password, Person(username=values.get("username", "") or self.fixed_username))
            except ValidationError as error:
                self.add_error("password", error)
        return values


class SetupForm(NewAccountForm):
    setup_token = forms.CharField(
        label=gettext_lazy("Setup token"),
        help_text=gettext_lazy("It is in the server’s log."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("setup_token", "username", "password", "password_again")

    def __init__(self, *args: Any, ask_token: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_token:
            del self.fields["setup_token"]


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("Wrong name or password. After several wrong attempts, wait ten minutes."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext("User name")


class PasswordForm(PasswordChangeForm):
    revoke_tokens = forms.BooleanField(
        label=gettext_lazy("Also revoke my API tokens"),
        required=False,
        help_text=gettext_lazy(
            "Programs that use them can no longer sign in. Tokens that were created to end with a new "
            "password end in any case."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.user.has_usable_password():
            # The first password of somebody who signs in another way; the view has them confirm who they are.
            del self.fields["old_password"]
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = gettext("Repeat new password")


class UserForm(ServiceForm):
    username = username_field()
    way = forms.ChoiceField(
        label=gettext_lazy("First sign-in"),
        choices=(
            ("password", gettext_lazy("with a temporary password that I pass on")),
            ("invitation", gettext_lazy("by an invitation link, where they choose a password")),
        ),
        initial="password",
        required=False,
        help_text=gettext_lazy("Password or link is shown once, for you to pass on."),
    )

    def __init__(self, *args: Any, names_are_free: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names_are_free = names_are_free
        if names_are_free:
            self.fields["username"].required = False
            self.fields["username"].help_text = gettext(
                "Letters, digits and @ . + - _. Empty in an invitation: the invited person chooses it."
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("way") != "invitation" and not values.get("username") and "username" not in self.errors:
            self.add_error("username", gettext("This field is required."))
        return values


class NameForm(ServiceForm):
    username = username_field()


class EmailForm(ServiceForm):
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ConfirmForm(ServiceForm):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(ServiceForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class TokenForm(ServiceForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Backup script")}),
    )
    scopes = forms.ChoiceField(
        label=gettext_lazy("Scopes"),
        choices=(
            ("read write", gettext_lazy("read and change songs")),
            ("read", gettext_lazy("only read songs")),
            ("write", gettext_lazy("only change songs")),
            ("read write admin", gettext_lazy("everything")),
        ),
        help_text=gettext_lazy(
            "Changing includes submitting and deleting. “Everything” also means connecting sources, creating tokens, "
            "changing webhooks and downloading the archive of the account."
        ),
        required=False,
    )
    days = forms.ChoiceField(
        label=gettext_lazy("Expires"),
        choices=(
            ("", gettext_lazy("never")),
            ("7", gettext_lazy("after a week")),
            ("30", gettext_lazy("after 30 days")),
            ("90", gettext_lazy("after 90 days")),
            ("365", gettext_lazy("after a year")),
        ),
        required=False,
    )
    ends_with_password = forms.BooleanField(label=gettext_lazy("Revoke it when I get a new password"), required=False)


class QuotaForm(ServiceForm):
    """The owner's form for the quota of a user."""

    songs = forms.IntegerField(label=gettext_lazy("Songs"), required=False, min_value=0, max_value=MAX_LIMIT)
    megabytes = forms.IntegerField(label=gettext_lazy("Megabytes"), required=False, min_value=0, max_value=MAX_LIMIT)
    minutes_a_day = forms.IntegerField(
        label=gettext_lazy("Minutes of music a day"), required=False, min_value=0, max_value=MAX_LIMIT
    )

    def __init__(self, data: Any = None, *, own: Quota | None) -> None:
        initial = {name: getattr(own, name) for name in self.base_fields} if own else {}
        super().__init__(data, initial=initial)
        for name, field in self.fields.items():
            default = getattr(default_limits(), name)
            field.help_text = (
                gettext("Leave empty for the default (%(default)s), or enter 0 for no limit.")
                % {"default": grouped(default)}
                if default
                else gettext("Leave empty for the default (no limit).")
            )
