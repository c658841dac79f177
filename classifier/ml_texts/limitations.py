"""Limitations in the cards of models, which training writes with figures in them."""

from django.utils.translation import gettext_noop

LIMITATIONS = (
    gettext_noop(
        "Trained on %(clips)s labelled clips of up to a minute, mostly Western pop, rock, jazz, electronic and "
        "classical music."
    ),
    gettext_noop(
        "The main mood of %(main)s %% of the songs is not among the words of their editors, and of %(neither)s %% "
        "neither mood is. Editors did not write down every word that fits."
    ),
    gettext_noop(
        "The main mood of %(share)s %% of the songs is pleasant where editors describe an unpleasant song, or the "
        "reverse."
    ),
    gettext_noop("Never given: %(moods)s."),
    gettext_noop("Rarely given to songs that editors describe so: %(moods)s."),
    gettext_noop("Rarely an editor’s word where it is given: %(moods)s."),
    gettext_noop("No mood is certain for %(share)s %% of the songs (“Mixed”)."),
    gettext_noop("Valence is predicted less accurately than arousal (R² %(valence)s and %(arousal)s)."),
    gettext_noop("The nine emotions are those that listeners of Emotify, mostly young Europeans, felt in four genres."),
    gettext_noop("Lyrics are not understood; only the sound is analysed."),
)
