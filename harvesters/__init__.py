"""Code that reads sources: one module per protocol, each yields records and stores nothing."""
