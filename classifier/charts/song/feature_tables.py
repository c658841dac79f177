"""The 57 features as tables, grouped by subject, with their units."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from classifier import ml_gateway
from classifier.localized import decimal, grouped, key_name
from classifier.stored_texts import in_page_language

MEAN, VARIANCE = "_mean", "_var"

# Title and name prefixes of each group, in the order of the page.
_GROUPS = (
    (gettext_noop("Key and tempo"), ("key", "mode", "tempo")),
    (gettext_noop("Loudness"), ("rms", "mel")),
    (gettext_noop("Harmony"), ("chroma", "tonnetz")),
    (gettext_noop("Brightness and noise"), ("spectral", "zero_crossing")),
    (gettext_noop("Timbre"), ("mfcc",)),
)


@dataclass(frozen=True)
class Value:
    number: str
    unit: str


@dataclass(frozen=True)
class FeatureRow:
    """A single feature, or the mean and the variance of one."""

    name: str
    text: str
    value: Value
    variance: Value | None


@dataclass(frozen=True)
class FeatureGroup:
    title: str
    rows: list[FeatureRow]
    has_variances: bool


def feature_groups(values: Mapping[str, float]) -> list[FeatureGroup]:
    groups = []
    for title, prefixes in _GROUPS:
        features = [
            feature
            for feature in ml_gateway.FEATURES
            if feature.name.startswith(prefixes) and feature.name in values and not feature.name.endswith(VARIANCE)
        ]
        rows = [_row(feature, values) for feature in features]
        if rows:
            groups.append(FeatureGroup(gettext(title), rows, any(row.variance for row in rows)))
    return groups


def _row(feature: ml_gateway.Feature, values: Mapping[str, float]) -> FeatureRow:
    value = values[feature.name]
    if feature.name == "key":
        return FeatureRow(
            feature.name, in_page_language(feature.text), Value(key_name(value, values.get("mode", 1)), ""), None
        )
    if feature.name == "mode":
        mode = gettext("major") if value >= 0.5 else gettext("minor")
        return FeatureRow(feature.name, in_page_language(feature.text), Value(mode, ""), None)
    family = feature.name.removesuffix(MEAN)
    return FeatureRow(
        family,
        in_page_language(feature.text),
        Value(number_text(value), in_page_language(feature.unit)),
        _variance(family, values),
    )


def _variance(family: str, values: Mapping[str, float]) -> Value | None:
    name = family + VARIANCE
    unit = next((feature.unit for feature in ml_gateway.FEATURES if feature.name == name), None)
    return None if unit is None or name not in values else Value(number_text(values[name]), in_page_language(unit))


def number_text(value: float) -> str:
    """Four significant digits, in scientific notation only for very large and very small values."""
    if value and not 1e-4 <= abs(value) < 1e7:
        return decimal(f"{value:.3e}")
    if abs(value) >= 1000:
        return grouped(value)
    return decimal(f"{value:.4g}")
