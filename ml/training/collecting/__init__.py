"""Building a data set from lists of recordings: reading the lists, fetching, checking, cutting, keeping."""
