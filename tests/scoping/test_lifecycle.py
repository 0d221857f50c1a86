"""Generated from nbs/1_scoping/01_lifecycle.ipynb by `mlcourse export`; change the notebook instead."""
import json
import numpy as np
import pytest
import tempfile
from mlcourse.scoping.lifecycle import ACTIVITIES
from mlcourse.scoping.lifecycle import Activity
from mlcourse.scoping.lifecycle import CLEAN
from mlcourse.scoping.lifecycle import SPOILED
from mlcourse.scoping.lifecycle import STAGES
from mlcourse.scoping.lifecycle import Tool
from mlcourse.scoping.lifecycle import WEEKS
from mlcourse.scoping.lifecycle import _configurable
from mlcourse.scoping.lifecycle import _reproducible
from mlcourse.scoping.lifecycle import _secure
from mlcourse.scoping.lifecycle import _testable
from mlcourse.scoping.lifecycle import audit
from mlcourse.scoping.lifecycle import chain
from mlcourse.scoping.lifecycle import citation_graph
from mlcourse.scoping.lifecycle import cited_by
from mlcourse.scoping.lifecycle import count_lines
from mlcourse.scoping.lifecycle import digest
from mlcourse.scoping.lifecycle import expected_visits
from mlcourse.scoping.lifecycle import fingerprint
from mlcourse.scoping.lifecycle import how_to_get
from mlcourse.scoping.lifecycle import import_graph
from mlcourse.scoping.lifecycle import lines_by_role
from mlcourse.scoping.lifecycle import makers
from mlcourse.scoping.lifecycle import missing_artefacts
from mlcourse.scoping.lifecycle import pagerank
from mlcourse.scoping.lifecycle import probe
from mlcourse.scoping.lifecycle import project_weeks
from mlcourse.scoping.lifecycle import simulate_visits
from mlcourse.scoping.lifecycle import train_softmax
from mlcourse.scoping.lifecycle import walk_exercise
from mlcourse.scoping.lifecycle import weeks_exercise
from mlcourse.scoping.lifecycle import write_project
from mlcourse.scoping.lifecycle import year_cost
from pathlib import Path


def test_a_forgotten_step_and_a_step_made_twice_are_found_and_the_course_s_own_map_lacks_nothing():
    bake = Activity('bake', 'modeling', ('dough',), 'bread', 'local', 'smells good', ())
    sell = Activity('sell', 'deployment', ('bread', 'shop'), 'money', 'cloud', 'far away', ())
    assert missing_artefacts([bake, sell], outside=['shop']) == {'bake': ['dough']}
    assert missing_artefacts([sell], outside=()) == {'sell': ['bread', 'shop']}
    assert makers([bake, sell]) == {'bake': set(), 'sell': {'bake'}}
    with pytest.raises(ValueError, match='several for bread'): missing_artefacts([bake, bake])
    with pytest.raises(ValueError, match='stage must be'): Activity('x', 'cooking', (), 'y', 'local', '', ())
    with pytest.raises(ValueError, match='place must be'): Activity('x', 'data', (), 'y', 'moon', '', ())
    assert missing_artefacts(ACTIVITIES) == {} and {a.stage for a in ACTIVITIES} == set(STAGES)


def test_what_is_there_answers_with_a_version_what_is_not_answers_nothing_and_both_can_be_told_how_to_get_it():
    assert probe(Tool('numpy')) == np.__version__
    assert probe(Tool('no_such_module')) == '' == probe(Tool('no-such-command', 'command'))
    assert how_to_get(Tool('no_such_module')) == 'pip install no_such_module'
    assert 'mlcourse env airflow' in how_to_get(Tool('airflow', 'environment'))
    assert probe(Tool('airflow', 'environment')) in ('', 'made')
    with pytest.raises(ValueError, match='kind must be'): probe(Tool('numpy', 'potion'))


def test_one_loop_gives_the_geometric_series_worked_by_hand_and_a_line_visits_everything_once():
    np.testing.assert_allclose(expected_visits(chain({})), np.ones(4))
    np.testing.assert_allclose(expected_visits(chain({('modeling', 'data'): .5})), [1, 2, 2, 1])  # 1 + 1/2 + 1/4 + ...
    assert project_weeks(np.ones(4)) == WEEKS.sum() and project_weeks(np.array([1, 3, 1, 1])) == WEEKS.sum() + 6.
    played = simulate_visits(chain({('modeling', 'data'): .5}), 20_000, seed=1)
    assert (played[:, [0, 3]] == 1).all() and (played[:, 1] == played[:, 2]).all()
    np.testing.assert_allclose((played[:, 1] == 1).mean(), .5, atol=.02)
    with pytest.raises(ValueError, match='step back'): chain({('data', 'modeling'): .5})
    with pytest.raises(ValueError, match='leave some'): chain({('data', 'scoping'): 1.})
    with pytest.raises(ValueError, match='never end'): expected_visits(np.array([[0., 1.], [1., 0.]]))
    with pytest.raises(ValueError, match='square'): expected_visits(np.ones((2, 3)))
    with pytest.raises(ValueError, match='at least one'): project_weeks(np.zeros(4))


def test_a_digest_depends_on_content_alone_and_on_all_of_it_the_training_separates_what_a_line_separates():
    long = np.arange(10_000.)
    assert digest(long) == digest(long.copy()) == digest(np.asfortranarray(long))
    assert len({digest(long), digest(long.astype('f4')), digest(long.reshape(100, 100)), digest(long[::-1])}) == 4
    assert digest(np.zeros(4, 'i4')) != digest(np.zeros(4, 'f4'))  # the same bytes, of another type
    assert digest(dict(a=1, b=2)) == digest(dict(b=2, a=1)) != digest(dict(a=1, b=2.5))
    def once(x): return x
    def twice(x): return x + x
    assert digest(once) != digest(twice)
    same = fingerprint([once], dict(rate=1), [long])
    assert {k for k, v in fingerprint([twice], dict(rate=1), [long]).items() if v != same[k]} == {'code'}
    for unfit in (len, np.array([{}]), {1, 2}):
        with pytest.raises(ValueError, match='wanted'): digest(unfit)
    corners = np.eye(10).repeat(3, axis=0)
    assert ((corners@train_softmax(corners, np.arange(10).repeat(3), once)).argmax(axis=1) == np.arange(10).repeat(3)).all()
    with pytest.raises(ValueError, match='labels'): train_softmax(corners, np.arange(9), once)


def test_the_year_s_cost_agrees_with_sums_done_by_hand():
    np.testing.assert_allclose(year_cost(1000, 0., (.9**.2, 0.)), 4*1000*.1*1.12)
    np.testing.assert_allclose(year_cost(1000, .25, (1., 0.)), 1000*1.12*(.25 + .5 + .75 + 1))
    assert year_cost(0, .1, (1., 1.), turn_eur=600., n_turns=3) == 1800.
    with pytest.raises(ValueError, match='at most 0.25'): year_cost(1, .5, (1., 1.))


def test_lines_are_counted_by_what_they_define_and_neither_blanks_nor_comments_count():
    text = '''# a comment
from sklearn.svm import SVC

class Net(nn.Module):
    # inside
    def forward(self, x): return x

def fit(x, y):
    return SVC().fit(x, y)
def load(path): return path.read_text()
'''
    assert count_lines(text) == dict(model=4, other=2)
    assert count_lines('') == dict(model=0, other=0)
    with pytest.raises(ValueError, match='line 1'): count_lines('def f(:')
    cell = dict(cell_type='code', source=['from sklearn.svm import SVC\n', '%time\n', 'm = SVC()\n'])
    files = {'mlcourse/data/a.py': text, 'mlcourse/workbook/b.py': 'x = 1\n', 'tests/t.py': 'assert 1\n\n',
             'benchmarks/c.py': 'y = 2\n', 'Makefile': '# all\nall:\n', 'nbs/1_a/b.ipynb': json.dumps(dict(cells=[cell]))}
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            (Path(folder)/path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder)/path).write_text(content, encoding='utf-8')
        assert list(lines_by_role(Path(folder)).values()) == [4 + 1, 2, 1, 2, 2, 1]


def test_each_planted_violation_costs_its_own_point_and_no_other_and_every_probe_says_what_is_wrong():
    with tempfile.TemporaryDirectory() as folder:
        clean = audit(write_project(Path(folder)/'clean', CLEAN))
        assert list(clean) == list(SPOILED) and not any(clean.values())
        for criterion, changed in SPOILED.items():
            faults = audit(write_project(Path(folder)/criterion, CLEAN | changed))
            assert [c for c, fault in faults.items() if fault] == [criterion], faults
        with pytest.raises(ValueError, match='service/'): audit(Path(folder))
        with pytest.raises(ValueError, match='inside the project'): write_project(Path(folder), {'../outside.py': ''})
    for unsafe in ('import pickle\nmodel = pickle.load(open("model.pkl", "rb"))\n', 'API_KEY = "abcd1234"\n'):
        assert _secure({'service/app.py': unsafe})
    assert 'open' in _reproducible({'requirements.lock': 'numpy>=2\n'}) and 'missing' in _configurable({})
    by_hand = {'service.a': {'service.b'}, 'service.b': set()}
    assert import_graph({'service/a.py': 'import service.b, service.a', 'service/b.py': 'import os'}) == by_hand
    for nothing in ('import a', 'assert 1 == 1'): assert _testable({'service/a.py': '', 'tests/test_a.py': nothing})


def test_citations_go_back_in_time_read_both_ways_alike_and_the_rank_equals_a_case_worked_by_hand():
    cites, with_code = citation_graph(60, seed=2)
    assert all(cited < paper for paper, listed in cites.items() for cited in listed) and with_code <= set(cites)
    assert sum(map(len, cites.values())) == sum(map(len, cited_by(cites).values()))
    assert cites == citation_graph(60, seed=2)[0] != citation_graph(60, seed=3)[0]
    assert cited_by({'a': [], 'b': ['a']}) == {'a': ['b'], 'b': []}
    rank = pagerank({'a': [], 'b': ['a']})  # b = .075 + .425 a and a = .075 + .425 a + .85 b
    np.testing.assert_allclose([rank['a'], rank['b'], sum(rank.values())], [.925/1.425, .5/1.425, 1.])
    with pytest.raises(ValueError, match='not in the graph'): pagerank({'a': ['z']})
    with pytest.raises(ValueError, match='at least 10'): citation_graph(3)


def test_the_exercise_on_citations_refuses_each_wrong_answer_with_its_own_message():
    assert len(walk_exercise.prove()) == 8


def test_the_exercise_on_weeks_refuses_each_wrong_answer_with_its_own_message():
    assert len(weeks_exercise.prove()) == 5
