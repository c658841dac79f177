"""Hearing the mood of music: audio, features, networks, composition, training. Knows nothing of the web."""
