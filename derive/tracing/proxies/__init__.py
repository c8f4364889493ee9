"""What traced NumPy code is given instead of arrays: proxies that write down what is done to them.

They answer NumPy's array protocols, so that code runs unchanged. A branch on a symbolic value, and whatever is not
understood exactly, is an error that names the line.
"""
