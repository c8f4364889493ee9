"""Inequalities: by signs, by certificates that a search finds and a checker multiplies out, and by calculus."""
