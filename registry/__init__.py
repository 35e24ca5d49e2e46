"""The domain and its storage: no HTTP, no search engine."""
