"""The command `derive`, and what only it needs."""
