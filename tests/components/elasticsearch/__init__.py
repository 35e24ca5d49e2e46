"""A real Elasticsearch for tests, made of the jars that its makers publish."""
