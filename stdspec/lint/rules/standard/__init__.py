"""What is found in a standard."""
