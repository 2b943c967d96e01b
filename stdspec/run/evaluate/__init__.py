"""Predictions on test rows, metrics with intervals, and the gate that judges them."""
