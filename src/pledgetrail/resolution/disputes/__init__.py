"""Disputes: claims about one thing side by side, and how two of them stand to each other."""
