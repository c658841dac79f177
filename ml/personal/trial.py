"""From judged songs to a recalibration with what it gains on songs that it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml.models.card import Card
from ml.moods.naming import NameRules
from ml.personal.comparison import comparison, measured
from ml.personal.fitting import fit, held_out_chances, held_out_frequencies
from ml.personal.judged_song import JudgedSong
from ml.personal.judgements import Judgements
from ml.personal.readout import fit_readout, held_out_readout_chances


def trial(
    songs: Sequence[JudgedSong], card: Card, *, with_readout: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The recalibration fitted to all songs, and the comparison of held-out chances, both as plain JSON.

    A readout is compared with the recalibration without one, a recalibration with the model as it is. See
    `ml.personal.comparison` for the figures, and `Recalibration.from_json` for the parameters.
    """
    rules = card.rules()
    assert isinstance(rules, NameRules)
    judgements = Judgements(songs)
    guessed = held_out_frequencies(judgements)
    before, after = judgements.chances, held_out_chances(judgements)
    if with_readout:
        before, after = after, held_out_readout_chances(judgements)
        fitted = fit_readout(judgements).recalibration()
    else:
        fitted = fit(judgements)
    figures = comparison(judgements, measured(judgements, before, rules), measured(judgements, after, rules), guessed)
    return fitted.to_json(), figures
