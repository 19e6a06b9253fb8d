"""Instance + ModelSpec -> Program: one component per file, assembled by assemble.py."""
