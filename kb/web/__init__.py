"""The application over HTTP beside the Gradio pages: people, the reader, exploring, documents, the API, operation."""
