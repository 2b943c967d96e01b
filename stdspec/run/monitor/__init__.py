"""Keeps what the data of a run looked like, and compares later batches with it."""
