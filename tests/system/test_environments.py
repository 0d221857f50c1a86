"Isolated environments, made for real."
import pytest
from harness import command, finish, write_notebook

from mlcourse.workbook import environments
from mlcourse.workbook.export import read_notebook
from mlcourse.workbook.project import notebooks
from mlcourse.workbook.runs import run


def test_every_environment_that_notebooks_need_is_made_and_their_claims_are_not_skipped(project):
    sources = {str(n): read_notebook(project/'nbs'/n) for n in notebooks(project)}
    assert environments.needed(sources), 'some notebook uses one'
    for name in environments.needed(sources):
        assert environments.is_made(name, project), environments.needs(name)
        using = [n for n, nb in sources.items() if name in environments.needed({n: nb})]
        for result in run(project, using, workers=1): assert not [c for c in result.claims if environments.needs(name) in c.get('why', '')]


@pytest.mark.parametrize('name', ['2_data/07_transform_at_scale', '2_data/12_workflows'])
def test_a_system_that_starts_too_slowly_for_the_quick_profile_runs_in_the_full_one(project, name):
    [result] = run(project, [f'{name}.ipynb'], 'full', workers=1)
    skipped = [c for c in result.claims if c['verdict'] == 'skipped' and 'on a quiet machine' not in c['why']]
    assert result.ok and not skipped, result.error or skipped


def test_one_that_cannot_be_made_says_why_in_one_line_and_one_not_made_skips_its_claim(small):
    (small/'envs').mkdir()
    (small/'envs'/'broken.txt').write_text('mlcourse-no-such-package==0\n')
    status, out, err = finish(command(small, 'env', 'broken'))
    assert status == 1 and err.startswith("mlcourse: environment 'broken' could not be made: ERROR: No matching distribution") and len(err.splitlines()) == 1
    assert 'not made; run mlcourse env broken' in finish(command(small, 'env'))[1]
    write_notebook(small/'nbs'/'a'/'uses.ipynb', """from mlcourse.workbook.environments import is_made, needs, run_in
from mlcourse.workbook.ledger import claim, skip_claim
if is_made('broken'): claim('workbook-small/uses', 'It runs', run_in('broken', 'print(1)') == '1\\n', printed=1)
else: skip_claim('workbook-small/uses', 'It runs', needs('broken'))""")
    status, out, err = finish(command(small, 'run', 'uses'))
    assert status == 0 and '0/0 +1 skipped' in out and '0 of 0 claims held, 1 skipped' in out
    (small/'envs'/'broken.txt').write_text('# nothing to install\n')
    assert finish(command(small, 'env', '--needed'))[0] == 0
    status, out, err = finish(command(small, 'run', 'uses'))
    assert status == 0 and '1/1' in out and ' run' in out, 'a result without the environment does not serve once it is made'
