"""Texts about moods: older vocabularies, and the rules of the mood genres."""

from django.utils.translation import gettext_noop

VOCABULARIES = (
    gettext_noop("happy, excited"),
    gettext_noop("angry, tense"),
    gettext_noop("sad, downcast"),
    gettext_noop("relaxed, calm"),
    gettext_noop("passionate, rousing, confident"),
    gettext_noop("cheerful, fun, sweet"),
    gettext_noop("poignant, wistful, brooding"),
    gettext_noop("humorous, quirky, witty"),
    gettext_noop("aggressive, fiery, intense"),
    gettext_noop("Happy, angry, relaxed, sad"),
    gettext_noop("Energetic, peaceful, emotional"),
    gettext_noop("Party, drive, calm, romantic, sad"),
    gettext_noop("happy"),
    gettext_noop("angry"),
    gettext_noop("relaxed"),
    gettext_noop("sad"),
    gettext_noop("energetic"),
    gettext_noop("peaceful"),
    gettext_noop("emotional"),
    gettext_noop("party"),
    gettext_noop("drive"),
    gettext_noop("calm"),
    gettext_noop("romantic"),
    gettext_noop("Not measured: there are no recordings with these labels. They are derived from the other scores."),
    gettext_noop("Not measured for this model."),
    gettext_noop(
        "Measured on %(songs)s recordings by artists that are not in the training data: the strongest word is "
        "correct for %(percent)s %% (%(low)s to %(high)s %%)."
    ),
    gettext_noop(
        "Measured on %(songs)s recordings by artists that are not in the training data: the strongest word is "
        "correct for %(percent)s %% (%(low)s to %(high)s %%); always predicting the most frequent one is correct "
        "for %(baseline)s %%."
    ),
)
"""Quadrants, clusters and the older vocabularies."""

GENRE_RULES = (
    gettext_noop("%(level)s in the upper half"),
    gettext_noop("%(level)s in the lower half"),
    gettext_noop("%(level)s among the highest %(percent)s %%"),
    gettext_noop("%(level)s among the lowest %(percent)s %%"),
    gettext_noop("%(level)s not among the highest %(percent)s %%"),
    gettext_noop("%(level)s not among the lowest %(percent)s %%"),
    gettext_noop("None of the other rules holds."),
    gettext_noop("the pleasantness (valence) of its moods"),
    gettext_noop("all sixteen moods together"),
    gettext_noop("joy and playfulness together"),
    gettext_noop("joy, energy and power together"),
    gettext_noop("tenderness, calmness and dreaminess together"),
    gettext_noop("nostalgia and tenderness together"),
    gettext_noop("power and solemnity together"),
    gettext_noop("sadness, calmness and solemnity together"),
    gettext_noop("energy, power and anger together"),
    gettext_noop("tension, darkness and sadness together"),
    gettext_noop("anger, tension, darkness and sadness together"),
    gettext_noop("playfulness"),
    gettext_noop("pleasantness (valence)"),
    gettext_noop("energy (arousal)"),
    gettext_noop("the strongest emotion"),
    gettext_noop("the chance of %(label)s (%(words)s)"),
)
"""Conditions of the mood genres."""

NAME_RULES = (
    gettext_noop(
        "Only for a name where at least one mood is angry, tense, dark, sad or gritty and at least one mood is not "
        "angry, tense, dark, sad or gritty."
    ),
    gettext_noop(
        "Only for a name where neither mood is angry, tense, dark, sad or gritty, at least one mood is joyful, "
        "energetic, playful, powerful, sensual, angry or tense and at least one mood is not joyful, energetic, "
        "powerful, sensual or angry."
    ),
    gettext_noop(
        "Only for a name where its first mood is not angry, tense, dark, sad, nostalgic, solemn or gritty and "
        "neither mood is angry, tense, dark, sad or gritty."
    ),
    gettext_noop(
        "Only for a name where its first mood is angry, tense, dark, sad or gritty and its second mood is not "
        "joyful, playful, sensual, tender or calm."
    ),
    gettext_noop(
        "Only for a name where its first mood is not joyful, energetic, powerful, sensual or angry and neither "
        "mood is angry, tense, dark, sad or gritty."
    ),
    gettext_noop(
        "Only for a name where at least one mood is not joyful, energetic, playful, powerful, sensual, angry or "
        "tense, neither mood is angry or tense and neither mood is joyful, playful or sensual."
    ),
    gettext_noop(
        "Only for a name where its first mood is not joyful, energetic, powerful, sensual or angry and at least "
        "one mood is angry, tense, dark, sad or gritty."
    ),
    gettext_noop(
        "Only for a name where at least one mood is angry, tense, dark, sad or gritty, at least one mood is not "
        "angry, tense, dark, sad or gritty and at least one mood is joyful, energetic, playful, powerful, sensual, "
        "angry or tense."
    ),
    gettext_noop(
        "Only for a name where neither mood is angry, tense, dark, sad or gritty and at least one mood is not "
        "joyful, energetic, playful, powerful, sensual, angry or tense."
    ),
)
"""Which names a mood genre allows."""

SPLIT_SCORES = (
    gettext_noop("Valence"),
    gettext_noop("Arousal"),
    gettext_noop("Tempo (bpm)"),
    gettext_noop("Mode (1 major, 0 minor)"),
)
"""What the conditions of a vocabulary compare, beside the chances of the sixteen moods."""
