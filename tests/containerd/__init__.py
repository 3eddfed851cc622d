"""A content store that does what containerd was seen to do, in virtual time, and a server that shows it on a socket."""
