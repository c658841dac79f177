"""Forms of accounts. The values of other forms are checked by services."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from classifier.errors import ProductError
from classifier.models import Person

NAME_MAX_LENGTH = 150


class ServiceForm(forms.Form):
    """Shows the error of a service above its fields."""

    def add_service_error(self, error: ProductError) -> None:
        self.add_error(None, ValidationError(error.message, code=error.code))


def username_field() -> forms.CharField:
    return forms.CharField(
        label="User name",
        max_length=NAME_MAX_LENGTH,
        validators=Person._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Letters, digits and @ . + - _",
    )


def new_password_field(label: str) -> forms.CharField:
    return forms.CharField(label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))


class SetupForm(ServiceForm):
    setup_token = forms.CharField(
        label="Setup token",
        help_text="It is in the server’s log.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    username = username_field()
    password = new_password_field("Password")
    password_again = new_password_field("Repeat password")

    def __init__(self, *args: Any, ask_token: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())
        if not ask_token:
            del self.fields["setup_token"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        password, again = values.get("password"), values.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "The two passwords differ: type the same one twice.")
        elif password:
            try:
                validate_password(password, Person(username=values.get("username", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return values


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Wrong name or password. After several wrong attempts, wait ten minutes.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"


class PasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = "Repeat new password"


class UserForm(ServiceForm):
    username = username_field()


class TokenForm(ServiceForm):
    name = forms.CharField(
        label="What will use it?",
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "Backup script"}),
    )
