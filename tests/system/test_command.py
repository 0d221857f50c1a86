"The command `mlcourse` doing its work, as a user sees it."
import json

from harness import command, finish, write_notebook


def table(out):
    "Notebook -> its row, split into words."
    return {line.split()[0]: line.split() for line in out.splitlines() if line.startswith('a/')}


def test_a_run_prints_a_table_and_a_second_one_takes_everything_from_the_first(small):
    write_notebook(small/'nbs'/'a'/'checked.ipynb', '#| test one is one\nassert 1 == 1', '#| test two is two\nassert 2 == 2')
    status, out, err = finish(command(small, 'run'))
    assert status == 0 and not err and out.splitlines()[0].split() == ['notebook', 'seconds', 'MB', 'claims', 'held', 'checks', 'state']
    assert table(out)['a/fine'][3:] == ['1/1', '0', 'run'] and table(out)['a/checked'][3:] == ['0/0', '2', 'run']
    assert '2 of 2 notebooks passed; 1 of 1 claims held, 0 skipped' in out
    assert {row[-1] for row in table(finish(command(small, 'run'))[1]).values()} == {'cached'}
    assert {row[-1] for row in table(finish(command(small, 'run', 'fine', '--fresh'))[1]).values()} == {'run'}


def test_parameters_and_profiles_reach_the_notebook_and_keep_their_own_results(small):
    def seed(folder):
        [claim] = json.loads((small/'_build'/'runs'/folder/'ledger.json').read_text())
        return claim['measured']['seed']
    for arguments, folder, expected in ((['--profile', 'full'], 'full', 3), (['-p', 'seed=7'], 'quick+seed=7', 7), ([], 'quick', 0)):
        assert finish(command(small, 'run', *arguments))[0] == 0
        assert seed(folder) == expected


def test_what_is_recorded_here_stands_beside_the_figures_of_every_later_run(small):
    status, out, _ = finish(command(small, 'run', '-p', 'seed=5', '--record'))
    [path] = (small/'data'/'measurements').glob('*.json')
    entry = json.loads(path.read_text())
    assert status == 0 and str(path) in out and entry['claims'][0]['measured'] == {'seed': 5} and entry['device'] and entry['versions'] and entry['date']
    status, out, _ = finish(command(small, 'run'))
    [claim] = json.loads((small/'_build'/'runs'/'quick'/'ledger.json').read_text())
    assert claim['measured'] == {'seed': 0} and claim['recorded'][0]['measured'] == {'seed': 5}


def test_a_claim_that_depends_on_its_seed_is_found_out(small):
    write_notebook(small/'nbs'/'a'/'even.ipynb', 'from mlcourse.workbook.ledger import claim',
                   "claim('workbook-small/even', 'The seed is even', seed % 2 == 0, seed=seed)")
    status, out, err = finish(command(small, 'seeds', '--count', '3'))
    assert status == 1 and 'WAVERED on 1' in out and out.splitlines()[-1] == 'claims that wavered: 1; runs that failed: 1'
    assert 'a/even.ipynb' in err and 'does not hold: The seed is even [seed 1]' in err
    status, out, err = finish(command(small, 'seeds', 'fine', '--count', '3'))
    assert status == 0 and 'every claim held on every seed' in out and 'seed 0 to 2' in out


def test_a_notebook_begun_by_the_command_has_all_its_parts_and_refuses_a_taken_name(project, small):
    (small/'nbs'/'curriculum.yml').write_text((project/'nbs'/'curriculum.yml').read_text())
    status, out, err = finish(command(small, 'new', '2_data/05_leakage'))
    assert status == 0
    sources = [c['source'] for c in json.loads((small/'nbs'/'2_data'/'05_leakage.ipynb').read_text())['cells']]
    text = '\n'.join(''.join(s) for s in sources)
    for part in ('#| default_exp data.leakage', '# seeds everything', '## Exercise', '## In the wild', '## Recap', 'claim(', 'predict('): assert part in text
    assert finish(command(small, 'new', '2_data/05_leakage'))[0] == 2
    assert finish(command(small, 'new', 'leakage'))[2].startswith("mlcourse: wanted a path such as 2_data/01_sources, got 'leakage'")
