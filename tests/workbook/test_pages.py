"""Generated from nbs/workbook/14_pages.ipynb by `mlcourse export`; change the notebook instead."""
import json
import nbformat
import pytest
import shutil
import tempfile
from mlcourse.workbook.ledger import MIME
from mlcourse.workbook.pages import Lesson
from mlcourse.workbook.pages import api_pages
from mlcourse.workbook.pages import documented
from mlcourse.workbook.pages import executed
from mlcourse.workbook.pages import kept
from mlcourse.workbook.pages import ledger_page
from mlcourse.workbook.pages import lesson
from mlcourse.workbook.pages import map_page
from mlcourse.workbook.pages import place_on_map
from mlcourse.workbook.pages import rel
from mlcourse.workbook.pages import remembering
from mlcourse.workbook.pages import with_code
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import curriculum
from mlcourse.workbook.project import root
from pathlib import Path


def test_a_link_leads_from_page_to_page_whatever_their_folders_and_keeps_its_anchor():
    assert rel('2_data/15_plots.ipynb#cell-a', 'api/data/plots.md') == '../../2_data/15_plots.html#cell-a'
    assert rel('ledger.md', 'index.ipynb') == 'ledger.html' and rel('files/a.csv', 'map.md') == 'files/a.csv'


def test_markup_in_a_sentence_is_shown_not_obeyed():
    assert with_code('`a < b` & "c"') == '<code>a &lt; b</code> &amp; "c"'


def test_an_answer_is_worked_out_once_in_the_next_process_too_and_anew_after_the_code_or_the_file_is_not_what_it_was():
    with tempfile.TemporaryDirectory() as folder:
        file, calls = Path(folder)/'kept.json', []
        @kept
        def doubled(text, times): calls.append(text); return [text]*times
        def ask(*texts):
            calls.clear()
            with remembering(file): assert [doubled(text, 2) for text in texts] == [[text]*2 for text in texts]
            return calls
        assert ask('a', 'b', 'a') == ['a', 'b'] and ask('a', 'b') == [] and ask('b') == [] and ask('a') == ['a']
        for damage in ('{"code": ', '[]', '{"code": 1, "answers": {}}'):
            file.write_text(damage)
            assert ask('a') == ['a']
        with pytest.raises(ValueError, match='planned'), remembering(file): raise ValueError('planned')
        assert ask('a') == []


def test_an_executed_notebook_reads_as_nbformat_reads_it_lines_joined_json_left_as_it_is():
    new, data = nbformat.v4, {'text/html': ['<b>\n', '</b>'], 'image/png': 'aGk=\n', 'application/json': {'a': ['x', 'y']}, 'application/vnd.a+json': ['x', 'y']}
    outputs = [new.new_output('stream', text='a\nb'), new.new_output('error', ename='E', evalue='no', traceback=['x', 'y']),
               *(new.new_output(kind, data=data) for kind in ('display_data', 'execute_result'))]
    notebook = new.new_notebook(cells=[new.new_markdown_cell('# T\n\ntext'), new.new_code_cell('1\n2', outputs=outputs), new.new_raw_cell('')])
    text = nbformat.writes(notebook)
    assert '"a\\n",' in text and executed(text) == nbformat.reads(text, as_version=4)


def test_outputs_are_shown_beside_the_code_that_made_them_and_beside_no_other():
    def small_project(folder, source):
        "A lesson of one code cell, and a run of `x = 1`."
        def notebook(code, **more):
            cells = [nbformat.v4.new_markdown_cell('# Title'), nbformat.v4.new_code_cell(code, id='code', **more)]
            return nbformat.writes(nbformat.v4.new_notebook(cells=cells))
        claimed = nbformat.v4.new_output('display_data', {MIME: dict(id='workbook-a/b', statement='s', verdict='holds', measured=[['x', 1]])})
        runs = folder/'_build'/'runs'/'quick'
        for place in (folder/'nbs', runs): place.mkdir(parents=True, exist_ok=True)
        (folder/'nbs'/'a.ipynb').write_text(notebook(source))
        (runs/'a.ipynb').write_text(notebook('x = 1', outputs=[claimed]))
        (runs/'a.json').write_text(json.dumps(dict(notebook='a.ipynb', ok=True, seconds=2, path='')))
        return folder
    with tempfile.TemporaryDirectory() as folder:
        ran = lesson(small_project(Path(folder), 'x = 1'), 'a.ipynb', 'quick')
        assert (ran.title, ran.note, ran.module, len(ran.outputs['code']), ran.claims[0]['id']) == ('Title', '', '', 1, 'workbook-a/b')
        changed = lesson(small_project(Path(folder), 'x = 2'), 'a.ipynb', 'quick')
        assert (changed.note, changed.outputs) == ('Not executed since its code changed: mlcourse run a fills in the results.', {})
        assert lesson(Path(folder), 'a.ipynb', 'full').note == 'Not executed: mlcourse run a --profile full fills in the results.'
        (Path(folder)/'nbs'/'a.ipynb').write_text(json.dumps(dict(cells=[])))
        with pytest.raises(Refusal, match='nbs/a.ipynb: wanted a first cell with a title'): lesson(Path(folder), 'a.ipynb', 'quick')


def test_a_claim_is_listed_with_its_place_and_figures_a_lesson_that_did_not_run_as_it_stands_is_named_a_planned_one_has_its_place():
    claimed = dict(id='workbook-a/b', statement='1 < 2', verdict='holds', measured={'x': 1}, why='', guess='', cell='code')
    titled = lambda title: dict(cells=[dict(cell_type='markdown', id='t', source=f'# {title}')])
    lessons = {'a.ipynb': Lesson('a.ipynb', titled('Held'), claims=[claimed]), 'b.ipynb': Lesson('b.ipynb', titled('Idle'), 'Not executed')}
    parts, every = ledger_page(root(), lessons)
    assert '<a href="a.html#claim-workbook-a-b">1 &lt; 2</a>' in parts[1].text and 'Not run as it stands: Idle.' in parts[1].text
    assert [(claim['notebook'], claim['figures'], claim['recorded']) for claim in every] == [('a.ipynb', 'x 1', [])]
    assert f'id="{place_on_map(next(iter(curriculum(root()))))}"' in map_page(root(), lessons)[1].text


def test_names_signatures_with_their_comments_and_docstrings_are_read_without_importing():
    source = '''
__all__ = ['f', 'A', 'N', 'g']
import torch_that_is_not_there
N = 3 # how many
def f(
    x:int, # first, in m
) -> float: # in s
    "Do it."
def g(): return 1
def _hidden(): pass
class A:
    "A thing."
    size: int = 1 # in px
    def area(self, scale:float=1.) -> float: # in px²
        "Area."
'''
    entries = {e['name']: e for e in documented(source)}
    assert {name: e['doc'] for name, e in entries.items()} == {'N': '', 'f': 'Do it.', 'g': '', 'A': 'A thing.'}
    assert entries['f']['signature'] == 'def f(\n    x:int, # first, in m\n) -> float: # in s' and entries['g']['signature'] == 'def g():'
    assert entries['N']['signature'] == 'N = 3 # how many' and entries['A']['signature'] == 'class A:\n    size: int = 1 # in px'
    assert entries['A']['methods'][0]['signature'] == 'def area(self, scale:float=1.) -> float: # in px²'


def test_a_module_s_page_names_the_lesson_that_makes_it():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(root()/'nbs'/'_site', project/'nbs'/'_site')
        (project/'mlcourse'/'data').mkdir(parents=True)
        (project/'mlcourse'/'data'/'plots.py').write_text('"About `it`"\ndef f():\n    "Do."')
        cells = [dict(cell_type='markdown', id='t', source='# Plots'), dict(cell_type='code', id='c', source='#| default_exp data.plots')]
        pages = api_pages(project, {'2_data/15_plots.ipynb': Lesson('2_data/15_plots.ipynb', dict(cells=cells))})
    assert list(pages) == ['api/data/plots.md', 'api/index.md']
    about = pages['api/data/plots.md'][1].text
    assert about == '<p class="mlc-facts">About <code>it</code> · made by <a href="../../2_data/15_plots.html">Plots</a></p>'
