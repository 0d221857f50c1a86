"""Generated from nbs/workbook/15_site.ipynb by `mlcourse export`; change the notebook instead."""
import base64
import io
import matplotlib.pyplot as plt
import pytest
import re
import tempfile
from PIL import Image
from mlcourse.workbook.exercises import BEGIN
from mlcourse.workbook.exercises import END
from mlcourse.workbook.ledger import MIME
from mlcourse.workbook.pages import Part
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.site import CARD_SIZE
from mlcourse.workbook.site import as_markdown
from mlcourse.workbook.site import callouts
from mlcourse.workbook.site import cell_parts
from mlcourse.workbook.site import inline_svg
from mlcourse.workbook.site import output_part
from mlcourse.workbook.site import picture
from mlcourse.workbook.site import relative_links
from mlcourse.workbook.site import role
from mlcourse.workbook.site import sections
from pathlib import Path


def test_a_page_that_is_listed_and_not_written_is_refused_by_name():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder)/'_quarto.yml').write_text('website: {sidebar: {contents: [ledger.md, {section: Data, contents: [2_data/99_none.ipynb]}]}}')
        with pytest.raises(Refusal, match='lists 2_data/99_none.ipynb, and nbs/ has no such file'): sections(Path(folder))
        with pytest.raises(Refusal, match='_quarto.yml: .*No such file'): sections(Path(folder)/'nowhere')


def test_callouts_are_translated_with_their_title_in_code_they_are_left_alone_and_an_unknown_one_is_refused_with_notebook_and_cell():
    assert callouts('a\n\n::: {.callout-note}\n## Folklore\nsaid $x$\n:::\n\nb', '') == 'a\n\n:::{admonition} Folklore\n:class: note\n\nsaid $x$\n:::\n\nb'
    assert callouts('::: {.callout-tip}\nsaid\n:::', '') == ':::{tip}\n\nsaid\n:::'
    assert callouts('```\n::: {.callout-none}\n:::\n```', '') == '```\n::: {.callout-none}\n:::\n```'
    message = "2_data/x: cell 7: unknown block '{.callout-danger}'; wanted one of {.callout-note}"
    with pytest.raises(Refusal, match=message): callouts('::: {.callout-danger}\nx\n:::', '2_data/x: cell 7')
    with pytest.raises(Refusal, match="unknown block '{.column-margin}'"): callouts('::: {.column-margin}\nx\n:::', '')
    with pytest.raises(Refusal, match='unknown block .* title='): callouts('::: {.callout-tip title="a"}\nx\n:::', '')


def test_only_paths_count_as_relative_links():
    text = '[a](../b.ipynb#c) ![d](e.png) [f](https://g) [h](#i) `[j](k)` $[l](m)$ [n](mailto:o@p)\n\n| x |\n|---|\n| [q](r.md) |'
    assert relative_links(text) == ['../b.ipynb#c', 'e.png', 'r.md']


def test_ids_are_the_figure_s_own_unreferenced_ones_go_and_theme_colours_become_variables():
    figure, ax = plt.subplots(figsize=(2, 1.5))
    ax.plot([0, 1], [0, 1])
    buffer = io.StringIO()
    figure.savefig(buffer, format='svg')
    plt.close(figure)
    one, two = inline_svg(buffer.getvalue(), 'a-', 'a "line"'), inline_svg(buffer.getvalue(), 'b-')
    ids = lambda svg: set(re.findall(r' id="([^"]+)"', svg))
    assert ids(one) and ids(one).isdisjoint(ids(two)) and all(f'#{id}' in one for id in ids(one))
    assert 'aria-label="a &quot;line&quot;"' in one and '<style' not in one and '<!--' not in one and len(one) < len(buffer.getvalue())


def test_what_needs_a_kernel_or_a_terminal_is_left_out_a_claim_keeps_its_anchor():
    text = lambda **output: output_part(output, 'p-').text
    assert text(output_type='stream', name='stdout', text='\x1b[31m1%\r<100%>\x1b[0m\n') == '<pre class="mlc-text" tabindex="0">&lt;100%&gt;</pre>'
    assert text(output_type='error', traceback=['one', 'two']) == '<pre class="mlc-text mlc-error" tabindex="0">one\ntwo</pre>'
    assert output_part(dict(output_type='stream', name='stderr', text='warning'), '') is None
    asked = {'application/vnd.jupyter.widget-view+json': {}, 'text/html': '<div class="mlc-predict">q</div>', 'text/plain': 'x'}
    assert text(output_type='execute_result', data=asked) == asked['text/html']
    shown = text(output_type='display_data', data={MIME: dict(id='bank-slopes/a', statement='s', verdict='holds', measured={'x': 1})})
    assert 'id="claim-bank-slopes-a"' in shown and 'href="#claim-bank-slopes-a"' in shown and 'style=' not in shown
    drawn = output_part(dict(output_type='display_data', data={'image/png': 'AA==\n'}), '', 'a "line"', 'b < c').text
    assert drawn == ('<figure class="mlc-figure"><img src="data:image/png;base64,AA==" alt="a &quot;line&quot;" loading="lazy">'
                     '<figcaption>b &lt; c</figcaption></figure>')


def test_every_cell_has_its_role_and_what_is_folded_stays_on_the_page():
    cell = lambda source, *tags: dict(cell_type='code', id='c', source=source, metadata=dict(tags=list(tags)), outputs=[])
    given = {'plumbing': '#| default_exp data.plots', 'imports': '#| export\nimport numpy as np', 'check': '#| test it holds\nassert 1',
             'ask': "predict('bank-slopes', 'q')",
             'claim': "claim('bank-slopes/a', 's', x > 1, x=x)", 'solution': f'def f():\n    {BEGIN}\n    return 1\n    {END}',
             'exercise': "#| export\ne = Exercise('bank-slopes', 'p', f, g)", 'code': '%time x = 1'}
    assert {kind: role(cell(source)) for kind, source in given.items()} == {kind: kind for kind in given}
    assert role(cell('n: int = 1', 'parameters')) == 'parameters' and role(cell('probs = predict(model)')) == 'code'
    parts = cell_parts(cell(given['solution']), [], '')
    assert [p.text.strip().splitlines()[-1].strip() for p in parts if p.kind == 'code'] == ["raise NotImplementedError('your answer goes here')", 'return 1']
    assert '<summary>Check: it holds</summary>' in cell_parts(cell(given['check']), [], '')[0].text and cell_parts(cell(given['plumbing']), [], '') == []


def test_a_page_s_card_has_the_size_that_is_asked_for_and_text_of_any_length_stays_within_it():
    for asked in ('Why?', 'And how long may a question be until it fits no more? '*30):
        image = Image.open(io.BytesIO(base64.b64decode(picture('A title', asked, 'site'))))
        assert image.size == CARD_SIZE
        edges = image.convert('L').point(lambda v: 255*(v > 120))
        left, top, right, bottom = edges.getbbox()
        assert 60 <= left and 60 <= top and right <= 1140 and bottom <= 570


def test_markup_and_code_go_through_as_they_are_whatever_fences_they_hold():
    parts = [Part('markdown', '# T'), Part('html', '<div>'), Part('code', 'x = """\n```\n"""'), Part('html', '</div>')]
    assert as_markdown(parts) == '# T\n\n```{raw} html\n<div>\n```\n\n````ipython3\nx = """\n```\n"""\n````\n\n```{raw} html\n</div>\n```\n'
    assert as_markdown(parts[:2], 'quarto') == '# T\n\n```{=html}\n<div>\n```\n'
