"""Usage and quotas in words."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.accounts.quotas import Limits, Usage


@dataclass(frozen=True)
class UsageCell:
    """A number of the table; `limit` is empty where there is none."""

    label: str
    used: str
    limit: str
    is_full: bool

    def __str__(self) -> str:
        return f"{self.used} of {self.limit} {self.label}"


def usage_cells(usage: Usage, limits: Limits) -> list[UsageCell]:
    return [
        _cell("songs", usage.songs, limits.songs),
        _cell("MB", usage.megabytes, limits.megabytes),
        _cell("minutes of music today", usage.minutes_today, limits.minutes_a_day),
    ]


def quota_text(usage: Usage, limits: Limits) -> str:
    """What a user has of the quota, for their upload page; empty without one."""
    limited = [str(cell) for cell in usage_cells(usage, limits) if cell.limit]
    return f"You use {', '.join(limited)}." if limited else ""


def _cell(label: str, used: float, limit: int) -> UsageCell:
    return UsageCell(label, f"{used:,.0f}", f"{limit:,}" if limit else "", bool(limit) and used >= limit)
