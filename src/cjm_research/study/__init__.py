"""The study file: what a business studies, in which words, within which limits."""
