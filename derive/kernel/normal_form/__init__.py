"""The normal form: polynomials over atoms, sums with canonical names, and the decision whether one is 0."""
