"""Old Office formats, and LibreOffice, which reads what nothing here does."""
