"""What is found in the text of a file."""
