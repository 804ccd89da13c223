"""Permissions enforced: who calls what on which resource, checked and written down."""
