"""Code as formulas: functions are run on arrays of symbolic shape, and what they compute is written down as terms.

Nothing here decides anything: what a function computes is elaborated to index notation, and goes the way of a claim.
"""
