"""What we ship beside the program: thresholds now; rules, dashboards, runbooks and manifests as they come."""
