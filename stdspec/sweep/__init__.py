"""Sweeps: many points of one spec, all linted before the first one runs, each a run in a process of its own."""
