"""Reports and terms written out for people and programs: LaTeX, JSON, terminal. Never does mathematics."""
