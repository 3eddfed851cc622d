"""What others read: metrics, pages, JSON and reports, made from what `pulls` knows."""
