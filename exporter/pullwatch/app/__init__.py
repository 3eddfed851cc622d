"""Wiring: one module for each verb that does work. Only here all rooms of the house meet."""
