"""Generated from nbs/2_data/14_augmentation.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import numpy.testing as npt
import pytest
import torch
from PIL import Image
from mlcourse.data.augmentation import Oracle
from mlcourse.data.augmentation import affine
from mlcourse.data.augmentation import audit
from mlcourse.data.augmentation import calibration_error
from mlcourse.data.augmentation import crumple
from mlcourse.data.augmentation import domain_gap
from mlcourse.data.augmentation import drop_cells
from mlcourse.data.augmentation import fit_box
from mlcourse.data.augmentation import focal_loss
from mlcourse.data.augmentation import focal_loss_tf
from mlcourse.data.augmentation import make_rare
from mlcourse.data.augmentation import mask_bands
from mlcourse.data.augmentation import render_digits
from mlcourse.data.augmentation import replace_words
from mlcourse.data.augmentation import resampled
from mlcourse.data.augmentation import stretch
from mlcourse.data.augmentation import two_pass
from mlcourse.data.augmentation import undo_exercise
from mlcourse.data.readings import handwriting


def test_a_quarter_turn_a_whole_pixel_and_a_mirror_about_the_middle_are_exact_and_pillow_turns_the_same_way():
    picture = np.random.default_rng(0).random((2, 9, 9))
    npt.assert_allclose(affine(picture), picture)
    npt.assert_allclose(affine(picture, 90), np.rot90(picture, axes=(1, 2)), atol=1e-12)
    npt.assert_allclose(affine(picture, right=2, down=-1)[:, :-1, 2:], picture[:, 1:, :-2])
    assert (affine(picture, right=2)[:, :, :2] == 0).all()
    npt.assert_allclose(affine(picture, [0, 180])[1], picture[1, ::-1, ::-1], atol=1e-12)
    dot = np.zeros((1, 9, 9)); dot[0, 0, 4] = 1.
    assert affine(dot, slant=.5)[0, 0].argmax() == 6  # four pixels above the middle
    turned = np.asarray(Image.fromarray(picture[0].astype('f4')).rotate(20, Image.BILINEAR))
    npt.assert_allclose(affine(picture[:1], 20)[0, 2:-2, 2:-2], turned[2:-2, 2:-2], atol=1e-5)
    with pytest.raises(ValueError, match='shape'): affine(picture[0])


def test_the_oracle_reads_what_it_knows_wherever_it_lies_and_neither_noise_nor_blank_paper():
    glyphs, digits = np.pad(handwriting().glyphs[:300].astype(float), ((0, 0), (2, 2), (2, 2))), handwriting().digit[:300]
    oracle = Oracle.taught(glyphs[:200], digits[:200])
    named, readable = oracle.read(affine(glyphs[:200], right=2, down=-1))
    assert (named == digits[:200]).mean() > .97 and readable.mean() > .97
    assert (oracle.read(glyphs[200:])[0] == digits[200:]).mean() > .8
    assert oracle.read(np.random.default_rng(0).random((50, 18, 18)))[1].mean() < .1
    assert not oracle.read(np.zeros((2, 18, 18)))[1].any()


def test_an_audit_tells_apart_what_is_unreadable_what_changes_the_label_and_what_may_stay():
    glyphs, digits = np.pad(handwriting().glyphs[:300].astype(float), ((0, 0), (2, 2), (2, 2))), handwriting().digit[:300]
    upright = np.isin(digits, (6, 9))
    found = audit(glyphs[upright], digits[upright],
                  dict(none=lambda x: x, half=lambda x: affine(x, 180), dark=lambda x: 0*x),
                  Oracle.taught(glyphs, digits), lambda x: np.full(len(x), 6))
    assert list(found['verdict']) == ['use', 'changes the label', 'unreadable']
    npt.assert_allclose(found['model_error'].astype(float), (digits[upright] == 9).mean())
    assert np.isnan(found['label_kept'].iloc[2])
    with pytest.raises(ValueError, match='half'):
        audit(glyphs, digits, dict(half=lambda x: x[::2]), Oracle.taught(glyphs, digits), len)


def test_the_share_of_the_cells_is_gone_each_holds_its_column_s_filling_and_the_table_itself_is_left_alone():
    table = np.arange(4000.).reshape(1000, 4) + 1
    gone = drop_cells(table, .3, np.array([-1., -2, -3, -4]), np.random.default_rng(0))
    assert abs((gone < 0).mean() - .3) < .03 and set(gone[gone[:, 2] < 0, 2]) == {-3.}
    npt.assert_array_equal(gone[gone > 0], table[gone > 0])
    assert table.min() == 1 and (drop_cells(table, 1., 0, np.random.default_rng(0)) == 0).all()
    with pytest.raises(ValueError, match='share'): drop_cells(table, 1.2, 0, np.random.default_rng(0))


def test_only_words_with_synonyms_change_each_to_one_of_its_own():
    thesaurus = dict(pipe=['tube', 'hose'], wet=['damp'])
    assert replace_words('the pipe is wet', thesaurus, 0, np.random.default_rng(0)) == 'the pipe is wet'
    many = {replace_words('the pipe is wet', thesaurus, 1, np.random.default_rng(s)) for s in range(20)}
    assert many == {'the tube is damp', 'the hose is damp'}
    halves = [replace_words('wet '*50, thesaurus, .5, np.random.default_rng(s)).count('damp') for s in range(20)]
    assert 20 < np.mean(halves) < 30


def test_a_mask_is_one_run_of_the_width_at_most_and_a_series_at_double_and_half_speed_is_as_by_hand():
    masked = mask_bands(np.ones((500, 10)), 4, 0., np.random.default_rng(0))
    width = (masked == 0).sum(1)
    assert width.max() == 4 and width.min() == 1 and (np.abs(np.diff(masked)).sum(1) <= 2).all()
    assert (mask_bands(np.ones((5, 10)), 0, 0., np.random.default_rng(0)) == 1).all()
    with pytest.raises(ValueError, match='width'): mask_bands(np.ones((5, 10)), 11, 0., np.random.default_rng(0))
    npt.assert_allclose(stretch(np.array([[0., 2, 4, 6], [0, 2, 4, 6]]), np.array([2., .5])), [[0, 1, 2, 3], [0, 4, 0, 0]])
    npt.assert_allclose(stretch(masked, np.ones(500)), masked)
    with pytest.raises(ValueError, match='positive'): stretch(masked, np.zeros(500))


def test_fonts_differ_and_digits_are_all_there_a_crumpled_digit_stays_in_range_and_a_box_is_filled():
    pictures, digits = render_digits(24)
    assert pictures.shape == (180, 24, 24) and (digits[:10] == np.arange(10)).all()
    assert (pictures.sum((1, 2)) > 10).all() and len(np.unique(pictures, axis=0)) > 170
    bent = crumple(pictures, np.random.default_rng(0))
    assert bent.shape == pictures.shape and bent.min() >= 0 and bent.max() <= 1 and not np.allclose(bent, pictures)
    square = np.zeros((1, 20, 20)); square[0, 4:16, 6:12] = 1
    npt.assert_allclose(fit_box(square)[0], np.pad(np.ones((8, 4)), ((0, 0), (2, 2))))
    assert (fit_box(bent).max((1, 2)) > .3).all() and fit_box(bent, 12).shape == (180, 12, 12)
    with pytest.raises(ValueError, match='blank'): fit_box(np.zeros((1, 9, 9)))
    with pytest.raises(ValueError, match='size'): render_digits(4)


def test_two_samples_of_one_kind_show_no_gap_a_shifted_one_a_growing_gap():
    rng = np.random.default_rng(0)
    same, near, far = (domain_gap(rng.normal(size=(300, 4)), rng.normal(shift, 1, (300, 4))) for shift in (0, .5, 2))
    assert abs(same['auc'] - .5) < .08 and abs(same['mmd2']) < .02
    assert same['mmd2'] < near['mmd2'] < far['mmd2'] and same['auc'] < near['auc'] < far['auc'] and near['nearest'] < far['nearest']


def test_the_rare_bell_lies_where_it_should_and_both_ways_of_resampling_balance():
    features, rare = make_rare(20_000, .1, np.random.default_rng(0))
    assert abs(rare.mean() - .1) < .01
    npt.assert_allclose(features[rare].mean(0) - features[~rare].mean(0), [1.6, 1, 0, 0, 0], atol=.1)
    labels = np.array([True] + [False]*9)
    over, under = (resampled(labels, how, np.random.default_rng(0)) for how in ('over', 'under'))
    assert sorted(over) == [0]*9 + list(range(1, 10)) and len(under) == 2 and labels[under].sum() == 1
    with pytest.raises(ValueError, match='how'): resampled(labels, 'both', np.random.default_rng(0))
    with pytest.raises(ValueError, match='positives'): resampled(~labels, 'over', np.random.default_rng(0))
    with pytest.raises(ValueError, match='share'): make_rare(10, 0, np.random.default_rng(0))


def test_the_second_pass_sees_the_weight_on_the_errors_of_the_first_and_on_nothing_else():
    seen_weights = []
    def constant(features, labels, weights):
        seen_weights.append(weights)
        return lambda x: np.full(len(x), int(np.average(labels, weights=weights) > .5))
    first, second, wrong = two_pass(constant, np.zeros((4, 1)), np.array([1, 0, 0, 0]), 5.)
    npt.assert_array_equal(wrong, [True, False, False, False])
    npt.assert_array_equal(seen_weights, [[1, 1, 1, 1], [5, 1, 1, 1]])
    assert first(np.zeros(1)) == 0 and second(np.zeros(1)) == 1
    with pytest.raises(ValueError, match='weight'): two_pass(constant, np.zeros((4, 1)), np.zeros(4), 0)


def test_both_versions_are_the_formula_and_the_cross_entropy_at_gamma_0_and_the_calibration_error_is_as_worked_by_hand():
    logits, labels = torch.tensor([[np.log(9.), 0.], [0., 0.]]), torch.tensor([0, 1])
    torch.testing.assert_close(focal_loss(logits, labels), torch.tensor([-.01*np.log(.9), -.25*np.log(.5)]), rtol=1e-5,
                               atol=1e-7)
    torch.testing.assert_close(focal_loss(logits, labels, 0),
                               torch.nn.functional.cross_entropy(logits, labels, reduction='none'))
    npt.assert_allclose(focal_loss_tf(logits.numpy(), labels.numpy(), 1.5).numpy(),
                        focal_loss(logits, labels, 1.5).numpy(), rtol=1e-5)
    for loss in (focal_loss, focal_loss_tf):
        with pytest.raises(ValueError, match='gamma'): loss(logits, labels, -1)
    probs = np.array([[.9, .1], [.9, .1], [.4, .6], [.4, .6]])
    npt.assert_allclose(calibration_error(probs, np.array([0, 1, 1, 1])), (abs(1 - 1.8) + abs(2 - 1.2))/4)
    sure = np.random.default_rng(0).uniform(.5, 1, 50_000)
    hit = np.random.default_rng(1).random(50_000) < sure
    assert calibration_error(np.c_[sure, 1 - sure], np.where(hit, 0, 1)) < .015


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(undo_exercise.prove()) == 7
