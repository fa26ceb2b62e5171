"""What other programs spoilt in a text before it came here."""
