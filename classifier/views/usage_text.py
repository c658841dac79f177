"""Usage and quotas in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from classifier.accounts.quotas import MEGABYTE, Limits, Usage
from classifier.localized import grouped, songs_text


@dataclass(frozen=True)
class UsageCell:
    """A number of the table; `limit` is empty where there is none."""

    label: str
    used: str
    limit: str
    is_full: bool

    def __str__(self) -> str:
        values = {"used": self.used, "limit": self.limit, "unit": self.label}
        return gettext("%(used)s of %(limit)s %(unit)s") % values


def usage_cells(usage: Usage, limits: Limits) -> list[UsageCell]:
    return [
        _cell(ngettext("song", "songs", 2 if limits.songs else usage.songs), usage.songs, limits.songs),
        _cell("MB", usage.megabytes, limits.megabytes),
        _cell(gettext("minutes of music today"), usage.minutes_today, limits.minutes_a_day),
    ]


def quota_text(usage: Usage, limits: Limits) -> str:
    """What a user has of the quota, for their upload page; empty without one."""
    limited = [str(cell) for cell in usage_cells(usage, limits) if cell.limit]
    return gettext("You use %(amounts)s.") % {"amounts": ", ".join(limited)} if limited else ""


def bin_text(usage: Usage) -> str:
    """What is in the bin, beside the quota; empty where nothing is."""
    if not usage.bin_songs:
        return ""
    return f"{songs_text(usage.bin_songs)}, {grouped(usage.bin_bytes / MEGABYTE)} MB"


def _cell(label: str, used: float, limit: int) -> UsageCell:
    return UsageCell(label, grouped(used), grouped(limit) if limit else "", bool(limit) and used >= limit)
