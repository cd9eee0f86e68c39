"""Readers that are asked over a network: who may be asked, how, at what pace and price, and what they answered.

What the answers mean is no matter of this room: :mod:`pledgetrail.extraction.quoted` reads them.
"""
