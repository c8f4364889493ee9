"""What proves: theorems, and the mathematics that they rest on."""
