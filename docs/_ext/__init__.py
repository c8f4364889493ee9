"""What the documentation needs beside Sphinx and MyST."""
