"""Generated from nbs/workbook/04_widgets.ipynb by `mlcourse export`; change the notebook instead."""
import matplotlib.pyplot as plt
import pytest
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.widgets import explore
from mlcourse.workbook.widgets import guess_of
from mlcourse.workbook.widgets import predict


def test_a_guess_is_kept_for_its_claim_and_what_is_no_choice_is_refused():
    prediction = predict('workbook-widgets/test', 'Which?', ['a', 'b'])
    prediction.answer('a')
    assert guess_of('workbook-widgets/test') == 'a' and 'You predicted: a' in prediction._repr_html_()
    with pytest.raises(Refusal, match="wanted one of"): prediction.answer('c')
    number = predict('workbook-widgets/number', 'How many?', unit='ms')
    number.answer('3')
    assert guess_of('workbook-widgets/number') == '3 ms'
    with pytest.raises(Refusal, match='wanted a number'): number.answer('many')
    assert 'How many?' in number._repr_mimebundle_()['text/html']


def test_an_exploration_shows_every_view_and_refuses_a_view_that_leaves_a_control_open():
    shown = explore(lambda n: plt.figure(figsize=(n, 1)), [dict(n=1), dict(n=2)], n=(1, 3))._repr_mimebundle_()
    assert shown['text/html'].count('<svg') == 2 and 'application/vnd.jupyter.widget-view+json' not in shown  # nobody is here
    with pytest.raises(Refusal, match=r"must set \['n'\]"): explore(plt.figure, [dict(m=1)], n=(1, 3))
    with pytest.raises(Refusal, match='at least one'): explore(plt.figure, [], n=(1, 3))
