"""A shop that sells to people: 20,000 customers, texts in Russian, English and Chinese."""
