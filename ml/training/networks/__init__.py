"""The product's networks in training: what their outputs learn from, and how."""
