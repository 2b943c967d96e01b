"""Scores every experiment of a repository by the standards it names, keeps what came of it, and says what got worse."""
