"""Networks for the emotion of sung phrases."""
