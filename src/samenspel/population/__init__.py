"""Worlds and people: gains, traits, reservoir, measures, criteria."""
