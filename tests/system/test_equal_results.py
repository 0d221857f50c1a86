"Every notebook gives equal outputs in an ordinary and in a warm kernel, apart from times."
import json
import re
from pathlib import Path

import pytest

from mlcourse.workbook import kernels, runs
from mlcourse.workbook.project import notebooks

PROJECT = Path(__file__).resolve().parents[2]
# These measure time, so their figures differ from run to run in any kernel.
TIMED = {'1_scoping/03_metrics', '2_data/00_readings', '2_data/15_plots', '3_modeling/02_training_loop', '4_gpu/05_compilers_and_fusion',
         '5_deployment/07_drift', 'workbook/15_site'}


def shown(cell, timed):
    "What a cell showed, as text; in a notebook that measures time without its numbers and figures."
    found = []
    for output in cell.get('outputs', []):
        data = output.get('data') or {'text': output.get('text') or output.get('traceback')}
        for kind, value in sorted(data.items()):
            if 'widget' not in kind and not (timed and 'svg' in str(value)): found.append(f"{kind} {''.join(value) if isinstance(value, list) else value}")
    text = re.sub(r'0x[0-9a-f]+|<dc:date>[^<]*', '', '\n'.join(found))  # addresses, and the date that plotnine puts into its figures
    return re.sub(r'-?\d+(\.\d+)?(e[-+]?\d+)?', '#', text) if timed else text


@pytest.mark.skipif(bool(kernels.why_not({})), reason='ordinary kernels serve here')
def test_a_warm_kernel_gives_what_an_ordinary_one_gives(tmp_path, monkeypatch):
    names = [str(n) for n in notebooks(PROJECT)]
    warm = runs.run(PROJECT, names)
    monkeypatch.setenv('MLCOURSE_WARM', 'off')
    tasks = runs.plan(PROJECT, names, fresh=True)
    for task in tasks:
        task.out = tmp_path/task.notebook
        task.out.parent.mkdir(parents=True, exist_ok=True)
    troubles = {task.notebook: trouble for task, trouble in runs.run_here(tasks, 2) if trouble}
    assert not troubles
    exact = compared = 0
    for task, result in zip(tasks, warm):
        cold = runs.earlier_result(task.out)
        assert cold.ok and result.ok, cold.error or result.error
        assert [(c['id'], c['verdict']) for c in cold.claims] == [(c['id'], c['verdict']) for c in result.claims]
        timed = task.notebook.removesuffix('.ipynb') in TIMED
        for one, other in zip(*(json.loads(Path(path).read_text())['cells'] for path in (task.out, result.path)), strict=True):
            if one['cell_type'] != 'code': continue
            if shown(one, timed) != shown(other, timed): pytest.fail(f"{task.notebook}: cell {one['id']} differs between an ordinary and a warm kernel")
            compared, exact = compared + 1, exact + (shown(one, False) == shown(other, False))
    print(f'{compared} cells compared, {exact} equal to the last digit')
    assert exact > .9*compared
