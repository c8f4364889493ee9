"""Writes derivations: searches for lines as a person would write them, and keeps those that the kernel proves."""
