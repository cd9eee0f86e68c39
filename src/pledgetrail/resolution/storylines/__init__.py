"""Stories: the reports of one event, grouped by their weightiest terms, names and days."""
