"""Generated from nbs/workbook/20_cli.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
import sys
from mlcourse.workbook.cli import assignments
from mlcourse.workbook.cli import find_notebooks
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import root


def test_notebooks_are_found_by_path_and_by_part_and_what_fits_none_is_refused():
    project = root()
    for typed in ('nbs/workbook/20_cli.ipynb', 'workbook/20_cli', '20_cli'): assert find_notebooks(project, [typed]) == ['workbook/20_cli.ipynb']
    assert len(find_notebooks(project, ['workbook'])) > 5 and len(find_notebooks(project, [])) > 6
    with pytest.raises(Refusal, match="no notebook fits 'nothing-like-it'; there are"): find_notebooks(project, ['nothing-like-it'])
    assert assignments(['a=1', 'b=x=y']) == {'a': '1', 'b': 'x=y'}
    with pytest.raises(Refusal, match="wants name=value, got 'a'"): assignments(['a'])


def test_help_imports_nothing_heavy_a_misuse_is_2_and_one_line():
    import subprocess
    heavy = 'torch', 'tensorflow', 'matplotlib', 'pandas', 'numpy', 'papermill', 'fastcore'
    code = f'''import sys, mlcourse, mlcourse.workbook.cli as c
try: c.main(['--help'])
except SystemExit: pass
print([m for m in {heavy} if m in sys.modules], file=sys.stderr)'''
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stderr.strip() == '[]' and 'execute notebooks' in done.stdout
    code = 'import sys; from mlcourse.workbook.cli import main; sys.exit(main())'
    done = subprocess.run([sys.executable, '-c', code, 'run', 'nothing-like-it'], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("mlcourse: no notebook fits 'nothing-like-it'") and len(done.stderr.splitlines()) == 1
