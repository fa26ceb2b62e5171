"""What people come back for: when they last looked (`visits`), and the questions that they follow (`followed`).

Both are a person's own, and go after the retention of the settings.
"""
