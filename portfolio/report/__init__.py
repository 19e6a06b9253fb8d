"""What a reader sees. content.py says what, format-neutral; terminal.py and its siblings say how."""
