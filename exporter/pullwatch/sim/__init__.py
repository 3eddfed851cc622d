"""A cluster without a cluster: an API server on loopback, recordings that it plays, and a small made cluster."""
