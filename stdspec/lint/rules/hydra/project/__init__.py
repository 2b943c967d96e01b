"""Rules about the config files of a project and how they go together."""
