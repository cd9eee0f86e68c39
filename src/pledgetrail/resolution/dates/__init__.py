"""Dates: the days of reports that bear none, from their own words and from their siblings."""
