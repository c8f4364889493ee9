"""Many questions at once, each under a budget of time and memory that holds."""
