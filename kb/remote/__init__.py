"""What other machines answer, bounded before it is believed: nothing here trusts a server's word on size or time.

`unpacking` undoes a compression in small pieces, `deadlines` ends what drips, `transport` puts both under httpx.
"""
