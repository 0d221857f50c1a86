"""Generated from nbs/workbook/04_widgets.ipynb by `mlcourse export`; change the notebook instead."""
import matplotlib.pyplot as plt
import pytest
from matplotlib.lines import Line2D
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


def test_a_slider_lays_a_figure_out_once_and_then_draws_it_once_a_step_whatever_its_labels_and_anew_when_its_axes_are_others():
    drawn = []
    class Line(Line2D):
        def draw(self, renderer):
            drawn.append(self.axes.get_position().bounds)
            super().draw(renderer)
    def powers(n):
        if n == 6: raise ValueError('wanted at most 5')
        fig, axes = plt.subplots(1, 2 if n == 4 else 1, squeeze=False)
        axes[0, 0].add_line(Line([0, 1], [0, 1]))
        axes[0, 0].set(ylim=(0, 10**n), ylabel='height')
        return fig
    with plt.rc_context({'figure.constrained_layout.use': True}):
        [slider, picture] = explore(powers, [dict(n=1)], n=(0, 6)).widget().children
        for n in (1, 2, 5, 3): slider.value = n
        assert len(drawn) == 2 + 4 and len(set(drawn)) == 1  # at 3, the middle, one draw is for the layout
        slider.value = 4
        assert len(set(drawn)) > 1 and picture.value.count('<svg') == 1
        slider.value = 6
        assert picture.value == '<p>No figure at n 6: wanted at most 5</p>'
