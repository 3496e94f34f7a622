"""The printed sheet: content as data, laid out by typst.

Way in: `pdf`. `content` is what the sheet says, `glyphs` what its fonts can print, `logo` what
pictures are taken.
"""
