"""Metrics on songs that no network was trained on."""
