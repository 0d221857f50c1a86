"""Generated from nbs/4_gpu/05_compilers_and_fusion.ipynb by `mlcourse export`; change the notebook instead."""
import importlib.util
import math
import numpy as np
import pytest
import time
import torch
import warnings
from mlcourse.gpu.compilers_and_fusion import break_even_calls
from mlcourse.gpu.compilers_and_fusion import bytes_moved_exercise
from mlcourse.gpu.compilers_and_fusion import chain
from mlcourse.gpu.compilers_and_fusion import copy_weights
from mlcourse.gpu.compilers_and_fusion import double_if_positive
from mlcourse.gpu.compilers_and_fusion import export_complaint
from mlcourse.gpu.compilers_and_fusion import fit_overhead
from mlcourse.gpu.compilers_and_fusion import graph_breaks
from mlcourse.gpu.compilers_and_fusion import hlo_fusions
from mlcourse.gpu.compilers_and_fusion import interleaved_seconds
from mlcourse.gpu.compilers_and_fusion import load_tensorflow
from mlcourse.gpu.compilers_and_fusion import multiply_add_sum
from mlcourse.gpu.compilers_and_fusion import operations_run
from mlcourse.gpu.compilers_and_fusion import peak_temporary_bytes
from mlcourse.gpu.compilers_and_fusion import run_blocks
from mlcourse.gpu.compilers_and_fusion import run_steps
from mlcourse.gpu.compilers_and_fusion import warnings_of
from mlcourse.gpu.compilers_and_fusion import xla_nodes
from torch import nn


def test_a_call_that_sleeps_longer_is_measured_as_longer_and_no_rounds_are_refused():
    seconds = interleaved_seconds({'short': lambda: time.sleep(.001), 'long': lambda: time.sleep(.01)}, n_rounds=3)
    assert .001 <= seconds['short'] < seconds['long'] and seconds['long'] >= .01
    with pytest.raises(ValueError, match='at least 1'): interleaved_seconds({}, 0)


def test_the_profiler_lists_what_python_called_and_two_temporaries_of_4_000_bytes_both_live_during_the_addition():
    x = torch.ones(1_000)
    assert operations_run(multiply_add_sum, x, x, x) == ['aten::mul', 'aten::add', 'aten::sum']
    assert peak_temporary_bytes(multiply_add_sum, x, x, x) == 8_000
    assert peak_temporary_bytes(torch.neg, x) == 4_000


def test_xla_makes_at_most_two_loops_of_the_sum_and_a_function_that_was_not_compiled_has_no_hlo():
    if importlib.util.find_spec('tensorflow'):  # where it is missing, the claims count as skipped
        tf = load_tensorflow()
        total = lambda x, y: tf.reduce_sum(x + x*y)
        n_fusions = len(hlo_fusions(tf.function(total, jit_compile=True), tf.ones(1_000_000), tf.ones(1_000_000)))
        assert 1 <= n_fusions <= 2
        with pytest.raises(ValueError, match='jit_compile=True'):
            hlo_fusions(tf.function(total), tf.ones(8), tf.ones(8))


def test_a_straight_line_is_found_exactly_the_chain_has_a_fixed_point_at_one_and_an_odd_chain_is_refused():
    sizes = np.array([1e2, 1e4, 1e6])
    np.testing.assert_allclose(fit_overhead(sizes, 3e-6 + 2e-9*sizes), (3e-6, 2e-9))
    torch.testing.assert_close(chain(torch.ones(3)), torch.ones(3))
    assert operations_run(lambda x: chain(x, 4), torch.ones(3)) == ['aten::mul', 'aten::add']*2
    with pytest.raises(ValueError, match='even'): chain(torch.ones(3), 5)
    with pytest.raises(ValueError, match='two different sizes'): fit_overhead([5, 5], [1., 1.])


def test_a_call_to_a_compiled_function_from_a_graph_is_seen_an_ordinary_one_is_not():
    if importlib.util.find_spec('tensorflow'):  # where it is missing, the claims count as skipped
        tf = load_tensorflow()
        compiled, plain = tf.function(chain, jit_compile=True), tf.function(chain)
        through_xla, through_graph = (tf.function(lambda x, inner=inner: inner(x), autograph=False)
                                      for inner in (compiled, plain))
        assert len(xla_nodes(lambda: through_xla(tf.ones(9)))) == 1
        assert xla_nodes(lambda: through_graph(tf.ones(9))) == []


def test_three_seconds_are_repaid_by_thirty_calls_that_save_a_tenth_and_never_by_a_slower_call():
    assert break_even_calls(3., .2, .1) == pytest.approx(30)
    assert break_even_calls(3., .1, .1) == math.inf


def test_the_python_cell_equals_the_built_in_layer_to_1e_5_in_blocks_too_and_misfits_are_refused():
    torch.manual_seed(0)
    lstm, xs, start = nn.LSTM(5, 7), torch.randn(8, 3, 5), torch.zeros(3, 7)
    expected, (last_hidden, last_cell) = lstm(xs)
    outputs, hidden, cell = run_steps(copy_weights(lstm), xs, start, start)
    torch.testing.assert_close(torch.stack(outputs), expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(cell, last_cell[0], atol=1e-5, rtol=0)
    in_blocks = run_blocks(run_steps, copy_weights(lstm), xs, start, start)
    torch.testing.assert_close(in_blocks, expected, atol=1e-5, rtol=0)
    with pytest.raises(ValueError, match='multiple of 4'):
        run_blocks(run_steps, copy_weights(lstm), xs[:6], start, start)
    with pytest.raises(ValueError, match='one layer'): copy_weights(nn.LSTM(5, 7, num_layers=2))


def test_export_takes_a_layer_says_why_it_refuses_a_branch_on_data_which_breaks_a_graph_warnings_are_kept_once():
    assert export_complaint(nn.Linear(2, 2), torch.ones(2)) == ''
    class Branch(nn.Module):
        def forward(self, x): return double_if_positive(x)
    assert 'data-dependent' in export_complaint(Branch(), torch.ones(2))
    result, messages = warnings_of(lambda: [warnings.warn('twice', stacklevel=2) for _ in range(2)])
    assert len(result) == 2 and messages == ['UserWarning: twice']
    assert graph_breaks(double_if_positive, torch.ones(3)) >= 1 and graph_breaks(chain, torch.ones(3)) == 0


def test_x_y_z_moves_six_arrays_eagerly_and_four_fused_and_the_exercise_refuses_each_wrong_answer_by_name():
    operations = [(('y', 'z'), 't'), (('x', 't'), 'u')]
    assert [bytes_moved_exercise.reference(operations, 10, fused) for fused in (False, True)] == [6*40, 4*40]
    assert len(bytes_moved_exercise.prove()) >= 3
