"""Text and workbooks <-> schema and results. No mathematics here."""
