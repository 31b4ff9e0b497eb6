"""Objections (异议): from receipt to the written notice to both sides."""
