"""Fixtures of the registry's tests; the databases stand in tests/conftest.py."""
