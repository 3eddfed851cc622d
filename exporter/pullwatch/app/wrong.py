"""The error whose text is all that a user needs: what is wrong, where, and what to do."""

from __future__ import annotations


class Wrong(Exception):
    """Wrong usage or unreadable input; the text is one line."""
