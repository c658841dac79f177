"""Events of the security log as pages show them: what is stored stays English, for programs and the server's log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy

from classifier.accounts.client_address import UNKNOWN_DEVICE
from classifier.localized import grouped

_NAMES: dict[str, Any] = {
    "factor": pgettext_lazy("security event", "factor"),
    "file": pgettext_lazy("security event", "file"),
    "from": pgettext_lazy("security event", "from"),
    "host": pgettext_lazy("security event", "host"),
    "how": pgettext_lazy("security event", "how"),
    "left": pgettext_lazy("security event", "left"),
    "megabytes": pgettext_lazy("security event", "megabytes"),
    "method": pgettext_lazy("security event", "method"),
    "minutes_a_day": pgettext_lazy("security event", "minutes a day"),
    "name": pgettext_lazy("security event", "name"),
    "provider": pgettext_lazy("security event", "provider"),
    "removed": pgettext_lazy("security event", "removed"),
    "scopes": pgettext_lazy("security event", "scopes"),
    "sessions": pgettext_lazy("security event", "sessions"),
    "sessions_ended": pgettext_lazy("security event", "sessions ended"),
    "songs": pgettext_lazy("security event", "songs"),
    "songs_deleted": pgettext_lazy("security event", "songs deleted"),
    "songs_kept": pgettext_lazy("security event", "songs kept"),
    "tokens": pgettext_lazy("security event", "tokens"),
    "tokens_revoked": pgettext_lazy("security event", "tokens revoked"),
    "what": pgettext_lazy("security event", "what"),
    "why": pgettext_lazy("security event", "why"),
}
_OWN_TEXTS = frozenset({"file", "from", "host", "name", "provider", "scopes"})
"""Values that somebody typed or that programs read."""
_VALUES: dict[str, Any] = {
    "account": pgettext_lazy("security event", "account"),
    "account with audio": pgettext_lazy("security event", "account with audio"),
    "added": pgettext_lazy("security event", "added"),
    "all": pgettext_lazy("security event", "all"),
    "authenticator app": pgettext_lazy("security event", "authenticator app"),
    "code": pgettext_lazy("security event", "code"),
    "copied": pgettext_lazy("security event", "copied"),
    "default": pgettext_lazy("security event", "default"),
    "header of the proxy": pgettext_lazy("security event", "header of the proxy"),
    "invitation": pgettext_lazy("security event", "invitation"),
    "no limit": pgettext_lazy("security event", "no limit"),
    "passkey": pgettext_lazy("security event", "passkey"),
    "password": pgettext_lazy("security event", "password"),
    "permanently": pgettext_lazy("security event", "permanently"),
    "second factor": pgettext_lazy("security event", "second factor"),
    "setup": pgettext_lazy("security event", "setup"),
    "sign-up": pgettext_lazy("security event", "sign-up"),
    "True": pgettext_lazy("security event", "yes"),
}


def details_text(details: Mapping[str, Any]) -> str:
    return ", ".join(f"{_NAMES.get(name, name)}: {_value_text(name, str(value))}" for name, value in details.items())


def _value_text(name: str, value: str) -> str:
    if name in _OWN_TEXTS:
        return value
    if value in _VALUES:
        return str(_VALUES[value])
    if re.fullmatch(r"[\d,]+", value):
        return grouped(int(value.replace(",", "")))
    if match := re.fullmatch(r"songs as (.+)", value):
        return pgettext("security event", "songs as %(format)s") % {"format": match[1]}
    if match := re.fullmatch(r"(\d+) songs with moods", value):
        return pgettext("security event", "%(count)s songs with moods") % {"count": match[1]}
    if name == "method" and (match := re.fullmatch(r"(.+) and (.+)", value)):
        values = {"method": _value_text(name, match[1]), "factor": _value_text(name, match[2])}
        return pgettext("security event", "%(method)s and %(factor)s") % values
    if match := re.fullmatch(r"([\d,]+|default|no limit) to ([\d,]+|default|no limit)", value):
        values = {"before": _value_text(name, match[1]), "after": _value_text(name, match[2])}
        return pgettext("security event", "%(before)s to %(after)s") % values
    return value


def device_text(device: str) -> str:
    """Of what `device_name` gives."""
    browser, joined, system = device.partition(" on ")
    if joined:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return gettext("Unknown device") if device == UNKNOWN_DEVICE else device
