"""containerd's socket, read and never written: the calls, the stream of events, and what can go wrong with them."""
