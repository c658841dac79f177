"""Mood recognition in music: audio, features, networks, composition, training. Independent of the web application."""
