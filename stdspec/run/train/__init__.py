"""Training with Lightning, and the one face of trained and bought models."""
