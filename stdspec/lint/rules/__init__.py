"""The rules, one a file, by domain."""
