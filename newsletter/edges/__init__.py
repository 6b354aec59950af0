"""The outside, one folder per thing; each knows the ports, the nouns and the errors, and no other edge."""
