"""Needs beside their peers."""
