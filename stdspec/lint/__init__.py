"""Lint: rules, and the engine that runs them on composed specs."""
