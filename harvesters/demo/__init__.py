"""Small municipal sources on loopback, for `metaplatform demo`: every kind of harvester, on real sockets, no network."""
