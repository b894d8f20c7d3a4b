"""The command line: it parses, calls one core function a command, and shows the result."""
