"""What pullwatch reads: the Kubernetes API and recordings of it. Knows `pulls.observed`, never `publish`."""
