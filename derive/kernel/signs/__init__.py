"""What is known of signs: sign analysis, conditions, linear arithmetic."""
