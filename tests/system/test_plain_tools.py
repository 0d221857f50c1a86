"The notebooks under tools that know nothing of this project, as a learner or another course would run them."
import json
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
LESSON = '2_data/15_plots'


def run(*command, cwd, timeout=240):
    "Output of a command that succeeds."
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_papermill_sets_a_parameter(project, tmp_path):
    run(BIN/'papermill', project/'nbs'/f'{LESSON}.ipynb', tmp_path/'out.ipynb', '-p', 'seed', '1', '--no-progress-bar', cwd=tmp_path)
    cells = json.loads((tmp_path/'out.ipynb').read_text())['cells']
    injected = [''.join(c['source']) for c in cells if 'injected-parameters' in c['metadata'].get('tags', [])]
    assert injected == ['# Parameters\nseed = 1\n']
    assert sorted(p.name for p in tmp_path.iterdir()) == ['out.ipynb'], 'a notebook writes nothing where it runs'


def test_papermill_lists_the_parameters_of_every_notebook_with_type_and_help(project):
    from mlcourse.workbook.export import read_notebook
    from mlcourse.workbook.profiles import declared
    from mlcourse.workbook.project import notebooks
    for name in notebooks(project):
        parameters = declared(str(name), read_notebook(project/'nbs'/name))
        assert 'seed' in parameters or name.parts[0] == 'workbook', name
        for p in parameters.values(): assert p.help, f'{name}: parameter {p.name} has no comment'
    text = run(BIN/'papermill', '--help-notebook', project/'nbs'/f'{LESSON}.ipynb', cwd=project)
    for p in declared(LESSON, read_notebook(project/'nbs'/f'{LESSON}.ipynb')).values():
        assert f'{p.name}: {p.type} (default {p.default!r})' in text and p.help in text


def test_nbmake(project, tmp_path):
    text = run(BIN/'pytest', '--nbmake', '-p', 'no:cacheprovider', project/'nbs'/f'{LESSON}.ipynb', '-c', '/dev/null', cwd=tmp_path)
    assert '1 passed' in text


def test_nbdev_test(project):
    assert 'Success' in run(BIN/'nbdev_test', '--path', f'nbs/{LESSON}.ipynb', cwd=project)


def test_jupyter_execute(project, tmp_path):
    (tmp_path/'copy.ipynb').write_bytes((project/'nbs'/f'{LESSON}.ipynb').read_bytes())
    run(BIN/'jupyter', 'execute', 'copy.ipynb', cwd=tmp_path)


def test_lessons_import_no_more_than_the_base_and_extras_only_where_their_absence_is_handled(project):
    "What a lesson imports at top level is installed by `make lab`."
    import ast
    from configparser import ConfigParser
    from importlib.metadata import packages_distributions, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    from mlcourse.workbook.export import read_notebook
    from mlcourse.workbook.ledger import source_of
    parser = ConfigParser(delimiters=['='])
    parser.read(project/'settings.ini')
    base, todo = set(), [Requirement(word) for word in parser['DEFAULT']['requirements'].split()]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        if name in base or wanted.marker and not wanted.marker.evaluate({'extra': ''}): continue
        base.add(name)
        todo += [Requirement(line) for line in requires(name) or []]
    provides, missing = packages_distributions(), []
    for path in sorted(project.glob('nbs/[1-5]_*/*.ipynb')):
        for cell in read_notebook(path)['cells']:
            if cell['cell_type'] != 'code': continue
            for node in ast.parse(source_of(cell)).body:
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
                for top in {m.split('.')[0] for m in modules} - {'mlcourse'} - sys.stdlib_module_names:
                    if not base & {canonicalize_name(d) for d in provides.get(top, ())}: missing.append(f'{path.name}: cell {cell["id"]} imports {top}')
    assert not missing, missing


@pytest.mark.parametrize('path', ['README.md', 'CONTRIBUTING.md'])
def test_the_commands_that_are_written_down_are_those_that_exist(project, path):
    "Every line of a shell block: make targets exist, commands and their options are understood, files are there."
    import re
    import shlex

    from mlcourse.workbook.cli import parser
    blocks = re.findall(r'^```bash\n(.*?)^```', (project/path).read_text(), re.M | re.S)
    lines = [line.split('  #')[0].strip() for block in blocks for line in block.splitlines() if line.strip() and not line.startswith('#')]
    assert lines
    for line in lines:
        words = shlex.split(line)
        if words[0] == 'make': run('make', '-n', *words[1:], cwd=project)
        elif Path(words[0]).name == 'mlcourse': parser().parse_args(words[1:])
        else: assert (BIN/Path(words[0]).name).exists(), f'{path}: {line}: no such command'
