"""The plan of a spec: what runs, in which order, on what; and the keys that say what need not run again."""
