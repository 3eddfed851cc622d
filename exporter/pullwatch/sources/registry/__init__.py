"""Registries: manifests and image configs of allowed hosts, asked for as if each of them were an attacker.

What image reference reaches this code is any tenant's text, and what a registry answers is that of whoever pushed the image.
Nothing here holds a token of the API server.
"""
