"""What is asked: problems and their claims, scopes, declarations, the letters of a reader."""
