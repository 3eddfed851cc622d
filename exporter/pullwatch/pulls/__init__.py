"""What we know about image pulls: pure rules over what was observed, without clock, I/O or clients."""
