"Every exercise of the course is one: its reference passes, its stub and doing nothing fail, and each wrong answer fails with its own message."
import ast
import importlib
import inspect
from pathlib import Path

import pytest

from mlcourse.workbook.exercises import BEGIN, Exercise, NotYet, stub_of
from mlcourse.workbook.export import directive, read_notebook
from mlcourse.workbook.project import notebooks

PROJECT = Path(__file__).resolve().parents[2]
LESSONS = [str(n) for n in notebooks(PROJECT) if n.parts[0][0].isdigit()]


def module_of(nb):
    "The library module of a notebook."
    [name] = [found for c in nb['cells'] if c['cell_type'] == 'code' and (found := directive(c['source'], 'default_exp'))]
    return importlib.import_module(f'mlcourse.{name}')


@pytest.mark.parametrize('name', LESSONS)
def test_every_exercise_of_a_lesson_refuses_what_is_wrong(name):
    exercises = [value for value in vars(module_of(read_notebook(PROJECT/'nbs'/name))).values() if isinstance(value, Exercise)]
    assert exercises, 'a lesson has at least one exercise'
    for exercise in exercises:
        assert len(exercise.prove()) >= 3
        assert exercise.prompt and exercise.hints


def solutions(nb):
    "(cell with a solution, the calls of check that its functions go through) for a notebook."
    calls = [node for c in nb['cells'] if c['cell_type'] == 'code' and BEGIN not in c['source'] and not c['source'].startswith('#|')
             for node in ast.walk(ast.parse(c['source'])) if isinstance(node, ast.Call) and getattr(node.func, 'attr', '') == 'check']
    for cell in nb['cells']:
        if cell['cell_type'] != 'code' or BEGIN not in cell['source'] or '#| export' in cell['source']: continue
        defined = {node.name for node in ast.parse(cell['source']).body if isinstance(node, ast.FunctionDef)}
        yield cell, [ast.unparse(call) for call in calls if defined & {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}]


@pytest.mark.parametrize('name', LESSONS)
def test_the_learners_stub_fails_its_check_in_one_line_and_the_solution_passes(name):
    nb = read_notebook(PROJECT/'nbs'/name)
    module, found = module_of(nb), 0
    imports = '\n'.join(ast.unparse(node) for c in nb['cells'] if c['cell_type'] == 'code' and not c['source'].startswith(('#| test', '%'))
                        for node in ast.parse(c['source']).body if isinstance(node, (ast.Import, ast.ImportFrom)))
    for cell, checks in solutions(nb):
        assert checks, f"cell {cell['id']} holds a solution that no check receives"
        for check in checks:
            found += 1
            for source, passes in ((cell['source'], True), (stub_of(cell['source']), False)):
                names = dict(vars(module))
                exec(imports, names)
                exec(source, names)
                if passes: assert eval(check, names)
                else:
                    with pytest.raises(NotYet, match='nothing to check yet: your answer goes here'): eval(check, names)
    assert found, 'a lesson has at least one cell for an answer'


def test_a_learners_copy_keeps_prompts_and_checks_and_shows_no_solution(project):
    for name in LESSONS:
        nb = read_notebook(project/'nbs'/name)
        for cell in nb['cells']:
            if cell['cell_type'] == 'code' and BEGIN in cell['source']:
                stub = stub_of(cell['source'])
                assert 'raise NotImplementedError' in stub and BEGIN not in stub
                assert ast.parse(stub)


def test_every_public_name_of_the_library_says_what_it_takes_and_gives():
    "Docstrings and annotations, on every function and class that the notebooks export."
    missing = []
    for path in sorted((PROJECT/'mlcourse').rglob('*.py')):
        if path.name in ('__init__.py', '_modidx.py'): continue
        module = importlib.import_module('.'.join(path.relative_to(PROJECT).with_suffix('').parts))
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isfunction(value) or inspect.isclass(value)): continue
            if not inspect.getdoc(value): missing.append(f'{module.__name__}.{name}: no docstring')
            if inspect.isfunction(value):
                named = [p for p in inspect.signature(value).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
                bare = [p.name for p in named if p.annotation is p.empty]
                if bare and path.parent.name != 'workbook': missing.append(f"{module.__name__}.{name}: no type for {', '.join(bare)}")
    assert not missing, '\n'.join(missing)
