"""A real CKAN for tests, with its own Solr, PostgreSQL and Redis."""
