"""Generated from nbs/2_data/09_dimensionality.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
import tempfile
import torch
from mlcourse.data.dimensionality import TOPIC_OF
from mlcourse.data.dimensionality import WORDS
from mlcourse.data.dimensionality import band_sums
from mlcourse.data.dimensionality import clusters
from mlcourse.data.dimensionality import contrast
from mlcourse.data.dimensionality import fit_pca
from mlcourse.data.dimensionality import low_rank
from mlcourse.data.dimensionality import make_messages
from mlcourse.data.dimensionality import neighbour_precision
from mlcourse.data.dimensionality import nmf
from mlcourse.data.dimensionality import non_gaussian
from mlcourse.data.dimensionality import psnr
from mlcourse.data.dimensionality import purity
from mlcourse.data.dimensionality import rank_exercise
from mlcourse.data.dimensionality import recovered
from mlcourse.data.dimensionality import serve_projector
from mlcourse.data.dimensionality import train_embedding
from mlcourse.data.dimensionality import unmix
from mlcourse.data.dimensionality import without_light
from mlcourse.data.dimensionality import write_projector
from pathlib import Path


def test_the_contrast_of_points_at_distances_1_and_3_is_2_in_any_unit():
    np.testing.assert_allclose(contrast(np.array([[1., 0], [0, 3]]), np.zeros((1, 2))), [2])
    cloud, queries = np.random.default_rng(0).normal(size=(2, 20, 5))
    np.testing.assert_allclose(contrast(100*cloud, 100*queries), contrast(cloud, queries))
    with pytest.raises(ValueError, match='lies on a point'): contrast(cloud, cloud[:1])


def test_the_plane_stays_as_it_is_whatever_is_added_to_it():
    plane, cluster = clusters(90, 0, seed=3)
    more, same = clusters(90, 7, .3, seed=3)
    np.testing.assert_array_equal(more[:, :2], plane); np.testing.assert_array_equal(same, cluster)
    assert more.shape == (90, 9) and set(cluster) == {0, 1, 2}
    with pytest.raises(ValueError, match='must not be negative'): clusters(90, -1)


def test_all_directions_restore_the_rows_and_the_first_finds_the_line_on_which_points_lie():
    x = np.random.default_rng(1).normal(size=(50, 6))
    full = fit_pca(x, 6)
    np.testing.assert_allclose(full.restore(full.transform(x)), x)
    np.testing.assert_allclose(full.components @ full.components.T, np.eye(6), atol=1e-12)
    line = fit_pca(np.array([[0., 0], [3, 4], [6, 8]]), 1)
    np.testing.assert_allclose(np.abs(line.components[0]), [.6, .8]); np.testing.assert_allclose(line.variance, [25])
    with pytest.raises(ValueError, match='k must lie in 1 to 6'): fit_pca(x, 7)


def test_another_light_or_contrast_changes_nothing_and_bands_are_means_that_one_can_do_by_hand():
    grey = np.random.default_rng(2).uniform(0, 100, (3, 4, 4))
    of_each = np.array([.5, 1, 2.5]).reshape(3, 1, 1)
    np.testing.assert_allclose(without_light(of_each*grey + 7*of_each), without_light(grey))
    np.testing.assert_allclose(without_light(grey).mean(1), 0, atol=1e-12)
    np.testing.assert_array_equal(without_light(np.full((1, 4, 4), 9)), np.zeros((1, 16)))
    np.testing.assert_allclose(band_sums(np.arange(16.).reshape(1, 4, 4), 2), [[3.5, 11.5, 6.5, 8.5]])
    with pytest.raises(ValueError, match='n_bands'): band_sums(grey, 5)


def test_full_rank_restores_the_matrix_and_a_tenth_of_the_range_off_everywhere_is_20_db():
    matrix = np.random.default_rng(4).normal(size=(5, 8))
    left, right = low_rank(matrix, 5)
    np.testing.assert_allclose(left @ right, matrix)
    assert low_rank(matrix, 0)[0].shape == (5, 0) and np.linalg.matrix_rank(np.matmul(*low_rank(matrix, 2))) == 2
    np.testing.assert_allclose(psnr(np.zeros((3, 3)), np.full((3, 3), 25.5)), 20)
    assert psnr(matrix, matrix) == np.inf
    with pytest.raises(ValueError, match='k must lie in 0 to 5'): low_rank(matrix, 6)
    with pytest.raises(ValueError, match='one shape'): psnr(matrix, matrix.T)


def test_order_and_sign_do_not_count_the_result_is_white_and_two_mixtures_of_one_source_are_refused():
    rng = np.random.default_rng(5)
    sources = rng.uniform(-1, 1, (2_000, 2))
    np.testing.assert_allclose(recovered(-sources[:, ::-1], sources), [1, 1])
    found = unmix(sources @ np.array([[1., .5], [.8, 1]]))
    np.testing.assert_allclose(np.cov(found.T), np.eye(2), atol=1e-9)
    assert recovered(found, sources).min() > .98
    assert non_gaussian(rng.normal(size=(100_000, 2)), np.linspace(0, 1, 5)).max() < .02
    with pytest.raises(ValueError, match=r'got shape \(5, 3\)'): unmix(np.ones((5, 3)))
    with pytest.raises(ValueError, match='multiples'): unmix(np.c_[sources[:, 0], 2*sources[:, 0]])


def test_no_step_makes_it_worse_a_sum_of_two_parts_is_found_again_and_negative_input_is_refused():
    rng = np.random.default_rng(6)
    x = rng.uniform(size=(30, 2)) @ np.array([[1., 1, 0, 0], [0, 0, 2, 1]])
    errors = [np.linalg.norm(x - np.matmul(*nmf(x, 2, n, 0))) for n in (1, 5, 20, 100, 400)]
    assert (np.diff(errors) < 0).all() and errors[-1] < .01*np.linalg.norm(x)
    assert min(factor.min() for factor in nmf(x, 2)) >= 0
    with pytest.raises(ValueError, match='negative entry, got 1, the lowest -3'): nmf(np.where(np.eye(4), -3*np.eye(4)[0], 1), 2)


def test_messages_mostly_speak_of_their_topic_and_the_purity_of_three_in_four_is_0_75():
    counts, topic = make_messages(500, 20, 1)
    of_topic = np.stack([counts[:, TOPIC_OF == i].sum(1) for i in range(6)], 1)
    assert np.mean(of_topic[:, :5].argmax(1) == topic) > .95 and abs(of_topic[:, 5].sum()/counts.sum() - .3) < .03
    assert len(set(WORDS)) == len(WORDS) == 75 and abs(counts.sum(1).mean() - 20) < 1
    assert purity(np.array([0, 0, 1, 1]), np.array([2, 2, 2, 1])) == .75
    with pytest.raises(ValueError, match='at least 1'): make_messages(5, 0)


def test_an_embedding_is_a_product_with_a_single_1_words_that_share_messages_draw_near_and_misuse_is_refused():
    layer = torch.nn.Embedding(4, 3)
    one_hot = torch.nn.functional.one_hot(torch.tensor([2, 0]), 4).float()
    torch.testing.assert_close(layer(torch.tensor([2, 0])), one_hot @ layer.weight)
    pairs = np.repeat(np.kron(np.eye(2, dtype=int), np.ones((1, 3), int)), 5, 0)  # words 0 to 2 together, and 3 to 5
    _, vectors = train_embedding(pairs, 2)
    assert neighbour_precision(vectors, np.array([0, 0, 0, 1, 1, 1]), 2) == 1
    assert neighbour_precision(train_embedding(make_messages(300, 6, 1)[0])[1], TOPIC_OF, 5, ignore=5) > .8
    angles = np.radians([0, 10, 30, 80])
    np.testing.assert_allclose(neighbour_precision(np.c_[np.cos(angles), np.sin(angles)], np.array([0, 0, 1, 1]), 1), .75)
    with pytest.raises(ValueError, match='two words'): train_embedding(np.eye(4, dtype=int))
    with pytest.raises(ValueError, match='k must lie in 1 to 5'): neighbour_precision(vectors, np.arange(6), 6)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(rank_exercise.prove()) == 9


def test_the_files_hold_the_vectors_and_the_header_rule_and_what_cannot_be_shown_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        points = np.random.default_rng(8).normal(size=(3, 2)).astype('f4')
        write_projector(folder, points, dict(word=['a', 'b', 'c']))
        assert (folder/'metadata.tsv').read_text() == 'a\nb\nc\n'
        write_projector(folder, points, dict(word=['a', 'b', 'c'], topic=[1, 2, 2]))
        assert (folder/'metadata.tsv').read_text() == 'word\ttopic\na\t1\nb\t2\nc\t2\n'
        np.testing.assert_array_equal(np.loadtxt(folder/'tensors.tsv', np.float32), points)
        with pytest.raises(ValueError, match='columns of 3 entries'): write_projector(folder, points, dict(word=['a', 'b']))
        with pytest.raises(ValueError, match='tabs'): write_projector(folder, points, dict(word=['a', 'b\tc', 'd']))
        with pytest.raises(RuntimeError, match='was not ready within 0 s'), serve_projector(folder, patience=0.): pass
        (folder/'projector_config.pbtxt').unlink()
        with pytest.raises(ValueError, match='got none'), serve_projector(folder): pass
