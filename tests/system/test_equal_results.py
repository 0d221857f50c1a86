"Every notebook gives equal outputs in an ordinary and in a warm kernel, apart from times."
import json
import os
import re
from pathlib import Path

import pytest

from mlcourse.workbook import kernels, runs
from mlcourse.workbook.ledger import MIME
from mlcourse.workbook.project import notebooks

PROJECT = Path(__file__).resolve().parents[2]
# These measure time, so their figures differ from run to run in any kernel.
TIMED = {'1_scoping/02_feasibility_and_value', '1_scoping/03_metrics', '2_data/00_readings', '2_data/07_transform_at_scale',
         '2_data/10_storage', '2_data/12_workflows', '2_data/15_plots', '3_modeling/02_training_loop', '4_gpu/05_compilers_and_fusion',
         '5_deployment/07_drift', 'workbook/15_site', 'workbook/16_progress'}
LOOKS_AT_THE_MACHINE = {'workbook/18_doctor'}  # free memory, folders for a moment: the verdicts are equal


def shown(cell, timed, unjudged):
    "What a cell showed, as text, without claims left unjudged; in a notebook that measures time without its numbers and figures."
    found, printed = [], {}
    for output in cell.get('outputs', []):
        if output['output_type'] == 'stream':  # in how many pieces it arrives is chance
            printed[output['name']] = printed.get(output['name'], '') + ''.join(output['text'])
            continue
        data = output.get('data') or {'text': output.get('traceback')}
        if MIME in data and data[MIME]['id'] in unjudged: continue
        for kind, value in sorted(data.items()):
            if 'widget' not in kind and not (timed and 'svg' in str(value)): found.append(f"{kind} {''.join(value) if isinstance(value, list) else value}")
    found += [f'{name} {text}' for name, text in sorted(printed.items())]
    text = re.sub(r'0x[0-9a-f]+|<dc:date>[^<]*', '', '\n'.join(found))  # addresses, and the date that plotnine puts into its figures
    if not timed: return text
    text = re.sub(r'-?(\d+(,\d{3})*(\.\d+)?(e[-+]?\d+)?|\binf\b|\bnan\b)', '#', text)
    return re.sub(r'[^\S\n]+|[-─]{2,}', ' ', text)  # a table's columns are as wide as its numbers


@pytest.mark.skipif(bool(kernels.why_not({})), reason='ordinary kernels serve here')
@pytest.mark.parametrize('name', [str(n) for n in notebooks(PROJECT)])
def test_a_warm_kernel_gives_what_an_ordinary_one_gives(name, tmp_path, monkeypatch):
    [warm] = runs.run(PROJECT, [name], workers=int(os.environ.get('PYTEST_XDIST_WORKER_COUNT', 1)))
    monkeypatch.setenv('MLCOURSE_WARM', 'off')
    [task] = runs.plan(PROJECT, [name], fresh=True)
    task.out = tmp_path/'cold.ipynb'
    assert [trouble for _, trouble in runs.run_here([task], 1)] == ['']
    cold = runs.earlier_result(task.out)
    assert cold.ok and warm.ok, cold.error or warm.error
    timed = name.removesuffix('.ipynb') in TIMED
    unjudged = {c['id'] for c in cold.claims + warm.claims if 'on a quiet machine' in c['why']}  # one run may have found two free cores, the other not
    told = [[(c['id'], c['id'] in unjudged or c['verdict']) for c in result.claims] for result in (cold, warm)]
    assert told[0] == told[1]
    if name.removesuffix('.ipynb') in LOOKS_AT_THE_MACHINE: return
    for one, other in zip(*(json.loads(Path(path).read_text())['cells'] for path in (task.out, warm.path)), strict=True):
        if one['cell_type'] == 'code' and shown(one, timed, unjudged) != shown(other, timed, unjudged):
            pytest.fail(f"{name}: cell {one['id']} differs between an ordinary and a warm kernel")
