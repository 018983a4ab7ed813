"""What a questionnaire tells: distributions, choices, weights, opportunities, Kano, drivers."""
