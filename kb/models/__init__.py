"""The models: the encoder that turns text into vectors and, later, the language model that writes."""
