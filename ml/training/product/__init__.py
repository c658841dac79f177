"""Trains, combines, calibrates and exports the product's networks."""
