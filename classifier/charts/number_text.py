"""Numbers as a person would say them."""

from classifier import ml_gateway

# A side's confidence is calibrated, so the words can be plain: they name how often such a claim turns out right.
_CONFIDENCE = (
    (90, "almost certain"),
    (75, "very likely"),
    (60, "likely"),
    (45, "about even"),
    (30, "possible"),
    (0, "a hint"),
)
_AGREEMENT = (
    (85, "They hear the same song."),
    (70, "They mostly agree."),
    (round(100 * ml_gateway.DISAGREE_BELOW), "They agree in part."),
    (0, "They disagree: let your own ear decide."),
)


def confidence_words(confidence_percent: int) -> str:
    return _step(_CONFIDENCE, confidence_percent)


def agreement_words(agreement_percent: int) -> str:
    return _step(_AGREEMENT, agreement_percent)


def percent(share: float) -> int:
    """Share of 0..1 as whole per cent; never rounds a doubt away to 0 or to 100."""
    rounded = round(100 * share)
    if 0 < share < 1:
        return min(max(rounded, 1), 99)
    return rounded


def clock(seconds: float | None) -> str:
    """Seconds as 3:07 or 1:02:45; empty where the length is not known yet."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length_text(seconds: float) -> str:
    """A round length in the largest unit that keeps it whole: 3 seconds, 90 minutes, 2 hours."""
    whole = int(seconds)
    size, unit = next(
        (size, unit) for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")) if whole % size == 0
    )
    count = whole // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def ticks(duration_s: float) -> list[float]:
    """Where a time axis is marked: round steps, at most seven marks, none so near the end that labels collide."""
    step = next((step for step in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1200) if duration_s / step <= 6.5), 1800)
    marks = [float(second) for second in range(0, int(duration_s) + 1, step)]
    return [mark for mark in marks if mark <= duration_s * 0.96]


def _step(steps: tuple[tuple[int, str], ...], value: int) -> str:
    return next(words for least, words in steps if value >= least)
