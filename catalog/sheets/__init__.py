"""Sheets of listings: read from what people have, written so that it reads back to the same values."""
