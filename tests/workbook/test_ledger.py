"""Generated from nbs/workbook/02_ledger.ipynb by `mlcourse export`; change the notebook instead."""
import nbformat
import numpy as np
import pytest
from mlcourse.workbook.ledger import ClaimFailed
from mlcourse.workbook.ledger import check_ids
from mlcourse.workbook.ledger import claim
from mlcourse.workbook.ledger import format_figure
from mlcourse.workbook.ledger import literal_ids
from mlcourse.workbook.ledger import objective_map
from mlcourse.workbook.project import Refusal


def test_a_claim_that_holds_prints_its_figures_one_that_fails_raises_them():
    assert format_figure(0.045551) == '0.0456' and format_figure(1234567.) == '1.23e+06' and format_figure(1200) == '1,200'
    claim('workbook-ledger/a', 'one is one', np.bool_(True), one=np.float64(1))
    with pytest.raises(ClaimFailed, match='workbook-ledger/a does not hold: one is two .*one 1'): claim('workbook-ledger/a', 'one is two', False, one=1)


def test_a_claim_without_an_id_of_the_curriculum_a_truth_value_or_a_figure_is_refused():
    with pytest.raises(Refusal, match='not in nbs/curriculum.yml'): claim('no-such-topic', 's', True, x=1)
    with pytest.raises(Refusal, match='one truth value'): claim('workbook-ledger/a', 's', np.array([True, False]), x=1)
    with pytest.raises(Refusal, match='at least one measured figure'): claim('workbook-ledger/a', 's', True)
    with pytest.raises(Refusal, match='numbers, text or lists'): claim('workbook-ledger/a', 's', True, x={})


def test_ids_are_found_without_running_and_faults_are_named_with_their_cell():
    v4 = nbformat.v4
    nb = v4.new_notebook(cells=[v4.new_code_cell("claim('bank-slopes/a', 's', x > 1, x=x)"), v4.new_code_cell("claim('bank-slopes/a', 't', True, x=1)"),
                                v4.new_code_cell("%time x = 1\nclaim('nonsense', 's', True, x=1)")])
    assert [id for _, id, _ in literal_ids(nb)] == ['bank-slopes/a', 'bank-slopes/a', 'nonsense']
    faults = check_ids({'nb': nb})
    assert len(faults) == 2 and 'used already in nb' in faults[0] and 'nonsense, which is not in' in faults[1]


def test_an_objective_of_an_unwritten_notebook_is_planned_an_unclaimed_one_of_a_written_notebook_is_a_hole():
    from mlcourse.workbook.project import root
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [text('## Idea'), code("claim('bank-slopes/a', 's', x > 1, x=x)"), code('#| test it holds\nassert 1'),
             text('## Another'), code("claim('bank-slopes/b', 't', True, x=1)"), code("bank = Exercise('bank-slopes', 'p', f, g)")]
    rows = {row['id']: row for row in objective_map(root(), {'2_data/15_plots': nbformat.v4.new_notebook(cells=cells)})}
    assert [rows[id]['status'] for id in ('bank-slopes', 'aspect-reveals-series', 'zero-grad')] == ['covered', 'hole', 'planned']
    assert [len(rows['bank-slopes'][kind]) for kind in ('claims', 'tests', 'exercises')] == [2, 1, 1]
