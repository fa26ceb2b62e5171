"""The knowledge base: it finds passages, proves answers with them, and cites them."""
