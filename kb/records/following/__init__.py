"""What people come back for: when they last looked (`visits`), the questions that they follow (`followed`), and what
of both they have not looked at yet (`unseen`).

All is a person's own, and goes after the retention of the settings.
"""
