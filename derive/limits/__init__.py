"""Bounds that every search obeys."""
