"""The tables of a PDF's pages: what is read across, with the header that each cell has.

Lines and rules of a page -> `page`: ruled tables by their `grids`, others by how cells stand (`unruled`, with
`wrapped` cells), and what of each is its header (`headers`). `joining`: tables that go on over pages.
"""
