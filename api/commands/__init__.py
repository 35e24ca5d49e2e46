"""The command line, one module a subject; api/cli.py puts them together."""
