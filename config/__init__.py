"""What an operator edits: settings, catalogue, vocabularies and sources."""
