"""Tests of the simulated cluster; sockets are real, on loopback."""
