"""Entrances and composition root: web pages, REST and the command line."""
