"""Limitations and rights in the cards of models, which training writes with figures in them."""

from django.utils.translation import gettext_noop

LICENCES = (
    gettext_noop(
        "Trained on research collections (4Q audio emotion, MIREX-like mood, Emotify) and on outputs of YAMNet "
        "(Apache 2.0) and MusiCNN (ISC; a converted copy CC BY-NC-SA). For research and private, non-commercial use."
    ),
    gettext_noop(
        "Trained on research collections (4Q audio emotion, MIREX-like mood, Emotify, rated clips of Grekow), on "
        "%(clips)s clips of royalty-free and game music without labels, and on outputs of MusiCNN (ISC; a converted "
        "copy CC BY-NC-SA) and EfficientAT mn04 (MIT). For research and private, non-commercial use."
    ),
)
LIMITATIONS = (
    gettext_noop(
        "Trained on %(clips)s clips of %(shortest)s to %(longest)s s, mostly Western pop, rock, jazz, electronic and "
        "classical music."
    ),
    gettext_noop("Valence is heard much less surely than arousal."),
    gettext_noop("Words of a song are not understood; only sound is heard."),
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
