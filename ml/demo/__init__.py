"""A few songs made by code, for whoever has no music at hand. `python -m ml.demo FOLDER` writes them."""
