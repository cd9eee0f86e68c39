"""Undertakings: the rows of one, in order of time; where it stands; what of it was promised, paid and delivered."""
