"""The roster as a table that an office keeps in a spreadsheet: read, compared, applied, undone, and written again."""
