"""Real components that tests run against: Elasticsearch, CKAN with its Solr, PostgreSQL, Redis, and a TLS front."""
