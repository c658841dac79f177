"""Random kills while songs are uploaded and analysed: `python -m tests.chaos --songs 500`."""
