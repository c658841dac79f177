"""Metrics as Markdown tables, pages and plots."""
