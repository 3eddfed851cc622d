"""What we ship beside the program: thresholds and manifests now; rules, dashboards and runbooks as they come."""
