"""Statements to acts and rows: what is said twice, by whom, and what competes."""
