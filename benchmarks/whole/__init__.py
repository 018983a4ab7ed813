"""A whole study of any size: made up, cleaned and reported, with each step's time and memory."""
