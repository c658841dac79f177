"""Moods in the tags of files. Everything else in the file stays as it is: sound, other tags, covers."""
