"""Generated from nbs/workbook/07_export.ipynb by `mlcourse export`; change the notebook instead."""
import ast
import nbformat
import pytest
import re
import shutil
import tempfile
from mlcourse.workbook.export import bound_names
from mlcourse.workbook.export import directive
from mlcourse.workbook.export import export
from mlcourse.workbook.export import free_names
from mlcourse.workbook.export import imported_names
from mlcourse.workbook.export import new_notebook
from mlcourse.workbook.export import pytest_module
from mlcourse.workbook.export import read_notebook
from mlcourse.workbook.export import readme
from mlcourse.workbook.export import stale
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import root
from pathlib import Path


def test_names_are_found_in_nested_scopes_and_what_a_cell_binds_is_not_asked_for():
    assert free_names('import os\nx = [f(i) for i in range(n)]\ndef g(a): return a + b\nclass C(D): y = x\nos, g, C') == {'f', 'n', 'b', 'D'}
    assert bound_names(ast.parse('a = 1\nb: int = 2\ndef c(): d = 3\nclass E: pass\n(f, g) = 1, 2')) == ['a', 'b', 'c', 'E', 'f', 'g']
    found = imported_names(ast.parse('import numpy as np, os.path\nfrom a.b import c as d'))
    assert found == {'np': 'import numpy as np', 'os': 'import os.path', 'd': 'from a.b import c as d'}
    assert (directive('#| default_exp a.b\nx', 'default_exp'), directive('#|hide', 'hide'), directive('x = 1', 'hide')) == ('a.b', '', None)


def test_a_test_file_imports_what_its_cells_use_and_a_name_from_nowhere_is_refused():
    def cells(*sources): return {'cells': [dict(cell_type='code', id=str(i), source=s, metadata={}) for i, s in enumerate(sources)]}
    head = ('#| default_exp a.b', '#| export\nimport math\ndef area(r): return r', 'seed = 1')
    path, text = pytest_module('n.ipynb', cells(*head, '#| test it holds\nassert area(1) == math.pi\ns = """a\nb"""'))
    assert path == 'a/test_b.py'
    assert 'from mlcourse.a.b import area' in text and 'import math' in text and 'def test_it_holds():\n    assert' in text and '"""a\nb"""' in text
    [name] = re.findall(r'def (\w+)', pytest_module('n.ipynb', cells(*head, '#| test naïve bisection takes log₂ n steps\nassert 1'))[1])
    assert name == 'test_naive_bisection_takes_log2_n_steps'
    for source, message in [('#| test x\nassert seed', 'n.ipynb: cell 3: the test uses `seed`, which is neither'), ('#| test\nassert 1', 'says on its first line')]:
        with pytest.raises(Refusal, match=re.escape(message)): pytest_module('n.ipynb', cells(*head, source))
    assert pytest_module('n.ipynb', cells(*head)) is None


def test_links_of_the_home_page_work_from_the_root():
    text, code, after = ('markdown', '# A\n[b](1_c/d.ipynb) [e](../LICENSE) [f](#g)'), ('code', 'x'), ('markdown', 'what the code shows')
    assert readme({'cells': [dict(cell_type=kind, source=source) for kind, source in (text, code, after)]}) == \
        '# A\n[b](nbs/1_c/d.ipynb) [e](LICENSE) [f](#g)\n'


def test_this_project_is_fresh_a_changed_file_is_stale_and_what_lost_its_notebook_is_removed():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ('settings.ini', 'setup.py'): shutil.copy(root()/part, copy/part)
        (copy/'nbs').mkdir()
        (copy/'nbs'/'curriculum.yml').write_text('{}')
        (copy/'mlcourse').mkdir()
        (copy/'mlcourse'/'__init__.py').write_text('__version__ = "0.1.0"\n')
        sources = '#| default_exp a.b', '#| export\ndef two(): return 2', '#| test two is two\nassert two() == 2'
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
        nbformat.write(nb, copy/'nbs'/'01_b.ipynb')
        assert {'mlcourse/a/b.py', 'tests/a/test_b.py'} <= set(export(copy)) and not stale(copy)
        (copy/'tests'/'a'/'test_b.py').write_text((copy/'tests'/'a'/'test_b.py').read_text() + '\n# by hand')
        assert stale(copy) == ['tests/a/test_b.py: stale; run mlcourse export']
        export(copy)
        nb.cells[1].update(outputs=[nbformat.v4.new_output('stream', text='2')], metadata=dict(tags=['parameters'], scrolled=True))
        nbformat.write(nb, copy/'nbs'/'01_b.ipynb')
        assert stale(copy) == ['nbs/01_b.ipynb: holds outputs or metadata; run mlcourse export'] and export(copy) == ['nbs/01_b.ipynb'] and not stale(copy)
        assert [c.metadata for c in nbformat.read(copy/'nbs'/'01_b.ipynb', 4).cells] == [{}, {'tags': ['parameters']}, {}]
        (copy/'nbs'/'01_b.ipynb').unlink()
        export(copy)
        assert not (copy/'mlcourse'/'a'/'b.py').exists() and not (copy/'tests'/'a'/'test_b.py').exists()


def test_a_missing_notebook_one_that_is_no_json_and_one_without_cells_are_refused_in_one_line():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)/'a.ipynb'
        with pytest.raises(Refusal, match='no notebook at'): read_notebook(path)
        path.write_text('{"cells": [')
        with pytest.raises(Refusal, match='is not a notebook'): read_notebook(path)
        path.write_text('[]')
        with pytest.raises(Refusal, match='it has no cells'): read_notebook(path)


def test_a_new_notebook_holds_all_its_parts_and_a_taken_or_odd_path_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder)/'nbs').mkdir()
        (Path(folder)/'nbs'/'curriculum.yml').write_text('2_data/15_plots: {title: Plots, teaches: {bank-slopes: Banking}}')
        nb = nbformat.read(new_notebook(Path(folder), '2_data/15_plots'), 4)
        nbformat.validate(nb)
        assert nb.cells[0].source.startswith('# Plots') and nb.cells[3].metadata.tags == ['parameters'] and any("claim('bank-slopes'" in c.source for c in nb.cells)
        with pytest.raises(Refusal, match='exists already'): new_notebook(Path(folder), '2_data/15_plots')
        with pytest.raises(Refusal, match='wanted a path such as'): new_notebook(Path(folder), 'Plots')
