"""Arrays of symbolic shape, shared by whole-array notation, Python objects and pages; the engines see entries."""
