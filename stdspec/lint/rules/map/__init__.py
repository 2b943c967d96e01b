"""The manual of what is found of maps: which keys of a project say what a spec says."""
