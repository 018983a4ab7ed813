"""A forwarder that sells carriage to companies: 600 of them, in Russian."""
