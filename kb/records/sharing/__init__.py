"""Conversations that their person lets others of the organisation read, kept in app.db with the conversations.

Sharing is a mark of the conversation: erased, it is shared no more, and one that is brought back is not either.
"""
