"""One module for each kind of source, each with `read(source, files)`."""
