"""Rules about the language as a whole."""
