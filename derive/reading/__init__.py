"""From what people write to problems: the text language, and documents. Reading does no mathematics."""
