"""Learns what customers will order and spend: `segment train value`."""
