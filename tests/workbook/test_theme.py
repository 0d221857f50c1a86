"""Generated from nbs/workbook/05_theme.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
from mlcourse.workbook.theme import COLOURS
from mlcourse.workbook.theme import INK
from mlcourse.workbook.theme import PAPER
from mlcourse.workbook.theme import themed_svg


def test_the_theme_colours_are_replaced_the_data_colours_kept_and_all_data_colours_are_told_apart_on_both_grounds():
    assert themed_svg(f'fill: {INK}; stroke: {COLOURS[0]}') == f'fill: var(--mlc-ink, {INK}); stroke: {COLOURS[0]}'
    def luminance(colour):
        channels = [int(colour[i:i + 2], 16)/255 for i in (1, 3, 5)]
        return np.dot([.2126, .7152, .0722], [c/12.92 if c <= .03928 else ((c + .055)/1.055)**2.4 for c in channels])
    def contrast(a, b):
        light, dark = sorted((luminance(a), luminance(b)), reverse=True)
        return (light + .05)/(dark + .05)
    for ground in (PAPER, '#14181c'): # WCAG asks 3:1 of graphics; pale blue and pink lie near 2.3 on white and are used last
        assert min(contrast(c, ground) for c in COLOURS[:3]) > 3, ground
        assert min(contrast(c, ground) for c in COLOURS) > 2.2, ground
    assert contrast('#ffffff', '#000000').round(1) == 21
