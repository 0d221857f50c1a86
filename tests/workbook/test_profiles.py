"""Generated from nbs/workbook/08_profiles.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
from mlcourse.workbook.profiles import Parameter
from mlcourse.workbook.profiles import declared
from mlcourse.workbook.profiles import fit
from mlcourse.workbook.profiles import resolve
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import root


def test_types_and_help_are_read_and_what_is_not_a_literal_is_refused():
    def cell(source, tags=('parameters',)): return {'cells': [dict(cell_type='code', id='p', source=source, metadata=dict(tags=list(tags)))]}
    found = declared('n', cell('seed: int = 0  # seeds everything\nrate = .1  # learning rate\nsizes: list[int] = [1, 2]'))
    assert [(p.name, p.default, p.type, p.help) for p in found.values()] == [('seed', 0, 'int', 'seeds everything'), ('rate', .1, 'float', 'learning rate'),
                                                                                    ('sizes', [1, 2], 'list[int]', '')]
    with pytest.raises(Refusal, match='n: wanted one cell tagged `parameters`, found 0'): declared('n', cell('x = 1', tags=()))
    with pytest.raises(Refusal, match='holds only `name: type = literal'): declared('n', cell('x = f()'))


def test_text_from_the_command_line_becomes_the_declared_type_or_is_refused():
    assert fit('n', Parameter('a', 1, 'int'), '3') == 3
    assert fit('n', Parameter('a', .1, 'float'), '1e-3') == .001
    assert fit('n', Parameter('a', .1, 'float'), 2) == 2.
    assert fit('n', Parameter('a', True, 'bool'), 'false') is False
    assert fit('n', Parameter('a', 'x', 'str'), '3') == '3'
    whole, switch = Parameter('a', 1, 'int'), Parameter('a', True, 'bool')
    for parameter, value in [(whole, '2.5'), (whole, 'many'), (switch, '1'), (whole, True)]:
        with pytest.raises(Refusal, match='n: parameter a is of type'): fit('n', parameter, value)


def test_unknown_profiles_parameters_and_types_are_refused_before_anything_runs():
    mine = ['workbook/08_profiles.ipynb']
    assert resolve(root(), mine, 'quick', {'profile': 'full'}) == {mine[0]: {'profile': 'full'}}
    with pytest.raises(Refusal, match="no profile 'huge'; there are quick"): resolve(root(), mine, 'huge')
    with pytest.raises(Refusal, match=r"no parameter 'seeed'; it has profile \(str\)"): resolve(root(), mine, 'quick', {'seeed': 1})
    with pytest.raises(Refusal, match='no notebook at'): resolve(root(), ['workbook/99_none.ipynb'])
