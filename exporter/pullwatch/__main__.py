"""`python -m pullwatch` is the console script."""

from __future__ import annotations

from pullwatch.cli import main

if __name__ == "__main__":
    main()
