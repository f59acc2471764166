"""Worlds of platforms without games: shops, banks, devices, weekly jobs. Imports nothing of what is judged by them."""
