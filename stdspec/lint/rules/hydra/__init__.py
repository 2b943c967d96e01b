"""Rules about what a composition lets in."""
