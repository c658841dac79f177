"""Builds a data set from lists of recordings: reads lists, downloads, checks, cuts and stores."""
