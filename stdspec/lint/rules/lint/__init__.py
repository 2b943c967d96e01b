"""Codes about what is set aside: comments that switch findings off, and the baseline."""
