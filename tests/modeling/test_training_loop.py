"""Generated from nbs/3_modeling/02_training_loop.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
import random
import torch
from dataclasses import asdict
from mlcourse.modeling.training_loop import DigitNet
from mlcourse.modeling.training_loop import Recipe
from mlcourse.modeling.training_loop import ShuffledBatches
from mlcourse.modeling.training_loop import begin
from mlcourse.modeling.training_loop import digit_crops
from mlcourse.modeling.training_loop import evaluate
from mlcourse.modeling.training_loop import load_checkpoint
from mlcourse.modeling.training_loop import loader_exercise
from mlcourse.modeling.training_loop import loop_exercise
from mlcourse.modeling.training_loop import loop_of
from mlcourse.modeling.training_loop import mode_effects
from mlcourse.modeling.training_loop import observed
from mlcourse.modeling.training_loop import save_checkpoint
from mlcourse.modeling.training_loop import saved_bytes
from mlcourse.modeling.training_loop import train
from pathlib import Path
from tempfile import TemporaryDirectory
from torch import nn
from torch.nn import functional as F


def test_the_loop_takes_the_step_worked_out_by_hand_in_words_it_is_the_same_and_bad_input_is_refused():
    batch = [(torch.tensor([[1.], [3.]]), torch.tensor([[0.], [0.]]))]
    for loop in (train, loop_of('zero_grad loss backward step')):
        unit = nn.Linear(1, 1, bias=False).eval()
        nn.init.constant_(unit.weight, 2.)
        losses = loop(unit, batch*2, torch.optim.SGD(unit.parameters(), lr=.01), F.mse_loss)
        # (2*1)^2 and (2*3)^2 average to 20; the gradient is 2*2*(1 + 9)/2 = 20, so each step takes a tenth: 2, 1.8, 1.62
        np.testing.assert_allclose(losses, [20., 1.8**2*(1 + 9)/2], rtol=1e-6)
        np.testing.assert_allclose(unit.weight.item(), 1.62, rtol=1e-6)
        assert unit.training
    with pytest.raises(ValueError, match='used up'): train(unit, iter([]), torch.optim.SGD(unit.parameters(), lr=.1))
    with pytest.raises(ValueError, match='forward'): loop_of('forward backward')


def test_every_epoch_holds_every_row_once_in_another_order_and_a_stored_place_gives_the_same_next_batch():
    rows = torch.arange(12)
    source = ShuffledBatches(rows, rows, batch_size=4, seed=3)
    first, second = ([x.tolist() for x, _ in source] for _ in range(2))
    assert sorted(sum(first, [])) == sorted(sum(second, [])) == list(range(12)) and first != second
    list(source.take(4))
    assert source.state_dict() == {'epoch': 3, 'position': 1}  # two epochs before, then 3 + 1 batches
    again = ShuffledBatches(rows, rows, batch_size=4, seed=3)
    again.load_state_dict(source.state_dict())
    torch.testing.assert_close(next(iter(again))[0], next(iter(source))[0])
    with pytest.raises(ValueError, match='batch_size=13'): ShuffledBatches(rows, rows, batch_size=13)


def test_evaluation_weighs_rows_equally_puts_every_mode_back_and_reads_digits_from_cards():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Dropout(.9))
    nn.init.eye_(model[0].weight)
    model[0].eval()  # a frozen layer inside a training model
    x, t = torch.tensor([[3., 0.], [0., 3.], [3., 0.]]), torch.tensor([0, 1, 1])
    loss, accuracy = evaluate(model, zip(x.split(2), t.split(2)))
    np.testing.assert_allclose([loss, accuracy], [F.cross_entropy(x, t).item(), 2/3], rtol=1e-6)
    assert model.training and model[1].training and not model[0].training
    with pytest.raises(ValueError, match='at least one batch'): evaluate(model, [])
    crops, digits = digit_crops(4)
    assert crops.shape == (20, 1, 16, 16) and crops.dtype == torch.float32 and 0 <= crops.min() and crops.max() <= 1
    assert digits.shape == (20,) and set(digits.tolist()) <= set(range(10))
    assert (crops.flatten(1).median(1).values < crops.flatten(1).amax(1)/2).all()  # ink is bright and covers less than half
    assert DigitNet()(crops).shape == (20, 10)


def test_a_plain_layer_has_no_mode_dropout_has_one_batch_norm_depends_on_its_mates():
    x = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    plain = mode_effects(nn.Linear(3, 2), x, True)
    assert plain['repeat'] == plain['statistics'] == 0 and plain['mates'] < 1e-6
    assert mode_effects(nn.Dropout(.5), x, True)['repeat'] > 0 and mode_effects(nn.Dropout(.5), x, False)['repeat'] == 0
    norm = mode_effects(nn.BatchNorm1d(3), x, True)
    assert norm['repeat'] == 0 and norm['mates'] > .01 and norm['statistics'] > 0
    assert mode_effects(nn.BatchNorm1d(3), x, False) == {'repeat': 0., 'mates': 0., 'statistics': 0.}


def test_the_bytes_kept_are_those_worked_out_by_hand():
    x = torch.zeros(10, 4)
    one, two = nn.Sequential(nn.Linear(4, 6), nn.Tanh()), nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2))
    assert saved_bytes(one, x) == 10*6*4  # tanh keeps its output, 4 byte a number; linear needs only weight and input
    assert saved_bytes(two, x) == 10*6*4  # the second linear keeps that same output: counted once
    with torch.no_grad(): assert saved_bytes(one, x) == 0


def test_a_checkpoint_gives_back_weights_moments_rate_place_and_random_numbers_and_refuses_what_it_lacks():
    x, t = torch.rand(40, 1, 16, 16, generator=torch.Generator().manual_seed(0)), torch.arange(40) % 10
    model, optimizer, scheduler, batches = begin(Recipe(batch_size=10), x, t)
    train(model, batches.take(5), optimizer, scheduler=scheduler)
    with TemporaryDirectory() as folder:
        path = save_checkpoint(Path(folder)/'run.pt', model, optimizer, scheduler, batches, asdict(Recipe(batch_size=10)))
        expected = torch.rand(3), np.random.rand(3).tolist(), random.random()
        fresh = begin(Recipe(batch_size=10, seed=9), x, t)
        assert Recipe(**load_checkpoint(path, *fresh)) == Recipe(batch_size=10)
        assert [p.name for p in Path(folder).iterdir()] == ['run.pt']
        torch.testing.assert_close(expected[0], torch.rand(3), rtol=0, atol=0)
        assert expected[1:] == (np.random.rand(3).tolist(), random.random())
        with pytest.raises(ValueError, match='weights'): load_checkpoint(path, *fresh, parts=['weights'])
        with pytest.raises(ValueError, match='scheduler'):
            load_checkpoint(save_checkpoint(path, model), model, scheduler=scheduler)
    torch.testing.assert_close(fresh[0].state_dict(), model.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(fresh[1].state_dict(), optimizer.state_dict(), rtol=0, atol=0)
    assert fresh[2].state_dict() == scheduler.state_dict() and fresh[3].state_dict() == {'epoch': 1, 'position': 1}


def test_the_loop_exercise_refuses_each_wrong_answer_with_its_own_message_and_takes_one_more_right_order():
    def clear_last(model, batches, optimizer, loss_function):
        optimizer.zero_grad()  # once, so that nothing old is left
        return loop_of('loss backward step zero_grad')(model, batches, optimizer, loss_function)
    assert len(set(loop_exercise.prove().values())) == 8
    assert loop_exercise.check(observed(clear_last)).n_cases >= 3


def test_the_loader_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(set(loader_exercise.prove().values())) == 6
