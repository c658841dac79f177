"""Numbers as text: confidence in words, percentages, durations."""

from django.utils.translation import gettext, gettext_noop, ngettext

from classifier import ml_gateway

# Confidence is calibrated, so the words can be plain: they say how often such a prediction is right.
_CONFIDENCE_LEVELS = (
    (90, gettext_noop("almost certain")),
    (75, gettext_noop("very likely")),
    (60, gettext_noop("likely")),
    (45, gettext_noop("about even")),
    (30, gettext_noop("possible")),
    (0, gettext_noop("a hint")),
)
_AGREEMENT_LEVELS = (
    (90, gettext_noop("The networks agree.")),
    (80, gettext_noop("The networks mostly agree.")),
    (round(100 * ml_gateway.DISAGREE_BELOW), gettext_noop("The networks partly agree.")),
    (0, gettext_noop("The networks disagree: treat this result with care.")),
)


def confidence_text(confidence_percent: int) -> str:
    return _text_at_level(_CONFIDENCE_LEVELS, confidence_percent)


def agreement_text(agreement_percent: int) -> str:
    return _text_at_level(_AGREEMENT_LEVELS, agreement_percent)


def percent(share: float) -> int:
    """Share of 0..1 as a whole per cent; only exactly 0 and 1 become 0 and 100."""
    rounded = round(100 * share)
    if 0 < share < 1:
        return min(max(rounded, 1), 99)
    return rounded


def clock(seconds: float | None) -> str:
    """Seconds as 3:07 or 1:02:45; empty if the length is unknown."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length_text(seconds: float) -> str:
    """A round length in the largest unit that divides it: 3 seconds, 90 minutes, 2 hours."""
    whole = int(seconds)
    if whole % 3600 == 0:
        count = whole // 3600
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    if whole % 60 == 0:
        count = whole // 60
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
    return ngettext("%(count)s second", "%(count)s seconds", whole) % {"count": whole}


def tick_seconds(duration_s: float) -> list[float]:
    """Positions of a time axis's ticks: round steps, at most seven, none so near the end that labels collide."""
    step = next((step for step in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1200) if duration_s / step <= 6.5), 1800)
    seconds = [float(second) for second in range(0, int(duration_s) + 1, step)]
    return [second for second in seconds if second <= duration_s * 0.96]


def _text_at_level(levels: tuple[tuple[int, str], ...], value: int) -> str:
    return next(gettext(text) for lowest, text in levels if value >= lowest)
