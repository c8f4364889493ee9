"""Losses as Python objects: arrays of symbolic size, written as on paper. Never a SymPy subclass."""
