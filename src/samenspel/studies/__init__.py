"""Virtual studies and trials; `Answer` is what they return."""
