"""Reads, checks and divides data."""
