"""The demo songs, composed and synthesised by code. `python -m ml.demo FOLDER` writes them as Opus files."""
