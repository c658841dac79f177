"""The 57 features as tables, grouped by subject, with their units."""

from collections.abc import Mapping
from dataclasses import dataclass

from classifier import ml_gateway

MEAN, VARIANCE = "_mean", "_var"

# Title and name prefixes of each group, in the order of the page.
_GROUPS = (
    ("Key and tempo", ("key", "mode", "tempo")),
    ("Loudness", ("rms", "mel")),
    ("Harmony", ("chroma", "tonnetz")),
    ("Brightness and noise", ("spectral", "zero_crossing")),
    ("Timbre", ("mfcc",)),
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
            groups.append(FeatureGroup(title, rows, any(row.variance for row in rows)))
    return groups


def _row(feature: ml_gateway.Feature, values: Mapping[str, float]) -> FeatureRow:
    value = values[feature.name]
    if feature.name == "key":
        return FeatureRow(
            feature.name, feature.text, Value(ml_gateway.key_name(value, values.get("mode", 1)), ""), None
        )
    if feature.name == "mode":
        return FeatureRow(feature.name, feature.text, Value("major" if value >= 0.5 else "minor", ""), None)
    family = feature.name.removesuffix(MEAN)
    return FeatureRow(family, feature.text, Value(number_text(value), feature.unit), _variance(family, values))


def _variance(family: str, values: Mapping[str, float]) -> Value | None:
    name = family + VARIANCE
    unit = next((feature.unit for feature in ml_gateway.FEATURES if feature.name == name), None)
    return None if unit is None or name not in values else Value(number_text(values[name]), unit)


def number_text(value: float) -> str:
    """Four significant digits, in scientific notation only for very large and very small values."""
    if value and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.3e}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
