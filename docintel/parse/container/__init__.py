"""Archives and mails: files with files inside."""
