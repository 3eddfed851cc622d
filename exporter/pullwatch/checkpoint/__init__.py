"""What a process leaves to the next one, in one file: what was counted, and what came of it."""
