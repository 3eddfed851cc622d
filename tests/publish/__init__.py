"""Tests of what others read."""
