"""Tests of what pullwatch reads."""
