"""The server `derive lsp`: verdicts in an editor, as one types."""
