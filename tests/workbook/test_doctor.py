"""Generated from nbs/workbook/18_doctor.ipynb by `mlcourse export`; change the notebook instead."""
import json
import os
import pytest
import shutil
import sys
import tempfile
import time
from mlcourse.workbook.doctor import Asked
from mlcourse.workbook.doctor import Finding
from mlcourse.workbook.doctor import check_artefacts
from mlcourse.workbook.doctor import check_browser
from mlcourse.workbook.doctor import check_clock
from mlcourse.workbook.doctor import check_disk
from mlcourse.workbook.doctor import check_imports
from mlcourse.workbook.doctor import check_memory
from mlcourse.workbook.doctor import check_notebooks
from mlcourse.workbook.doctor import check_packages
from mlcourse.workbook.doctor import check_ports
from mlcourse.workbook.doctor import check_python
from mlcourse.workbook.doctor import check_warm
from mlcourse.workbook.doctor import check_writing
from mlcourse.workbook.doctor import fault_of
from mlcourse.workbook.doctor import status
from mlcourse.workbook.doctor import table
from mlcourse.workbook.doctor import to_json
from pathlib import Path


def test_only_a_failure_makes_the_exit_status_1_and_each_finding_is_one_line_with_its_command():
    good, bad, worse = Finding('a', 'ok', 'fine'), Finding('bb', 'warn', 'old', 'renew it'), Finding('c', 'fail', 'gone', 'bring it')
    assert status([]) == status([good, bad]) == 0 and status([good, worse]) == 1
    assert table([good, bad, worse]).splitlines()[:3] == ['ok    a   fine', 'warn  bb  old → renew it', 'fail  c   gone → bring it']
    assert table([good, bad, worse]).splitlines()[-1].startswith('1 ok, 1 warning, 1 failure;')
    assert table([good]).endswith('1 ok, 0 warnings, 0 failures: this machine is ready')
    assert json.loads(to_json([worse])) == dict(status=1, findings=[dict(name='c', verdict='fail', said='gone', mend='bring it')])


def test_a_package_of_another_version_is_a_warning_a_missing_one_a_failure_another_build_of_one_version_neither():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project/'settings.ini').write_text('[DEFAULT]\nmin_python = 3.11\nrequirements = one two<3 never;sys_platform=="none"\n')
        (project/'requirements.lock').write_text('one==1.0\ntwo==2.0\nthree==3.0\nunused==1\n')
        there = {'one': ('1.0+cpu', ['three[x]>1', 'four; extra == "y"']), 'two': ('2.0', []), 'three': ('3.0', [])}
        assert check_packages(project, there).verdict == 'ok'
        there['two'] = ('2.1', [])
        found = check_packages(project, there)
        assert (found.verdict, found.said) == ('warn', '1 not as requirements.lock says: two 2.1 instead of 2.0')
        assert found.mend.endswith('pip install --constraint requirements.lock two')
        there['two'] = ('1.9', [])
        assert 'two 1.9 instead of 2.0' in check_packages(project, there).said
        del there['three']
        found = check_packages(project, there)
        assert found.verdict == 'fail' and 'three is missing, two 1.9' in found.said
        (project/'settings.ini').write_text('[DEFAULT]\nmin_python = 4.2\n')
        assert check_python(project).verdict == 'fail' and check_python(project).mend == 'rm -rf .venv && make lab PYTHON=python4.2'


def test_a_file_in_place_of_the_workspace_a_folder_that_refuses_and_a_full_disk_are_failures_and_nothing_is_made_by_looking():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        project = Path(folder)
        assert check_writing(project, 'work').said == 'work/ can be made' and check_disk(project)[0].verdict == 'ok' and not list(project.iterdir())
        (project/'work').touch()
        assert check_writing(project, 'work').verdict == 'fail' and check_writing(project, 'work').mend == 'mv work work.aside'
        def refuse(dir): raise PermissionError(13, 'Permission denied')
        patch.setattr('tempfile.TemporaryFile', refuse)
        assert check_writing(project, '_build').mend == 'sudo chown -R "$(id -un)" .'
        for free, verdict in ((1.9e9, 'warn'), (1e8, 'fail')):
            patch.setattr('shutil.disk_usage', lambda path, free=free: shutil._ntuple_diskusage(0, 0, free))
            assert [(f.name, f.verdict, f.mend) for f in check_disk(project)] == [('disk', verdict, 'make clean')]
        (project/'nbs').mkdir()
        (project/'nbs'/'budgets.yml').write_text('default: {memory_mb: 1}\na/huge: {memory_mb: 1000000000}\n')
        assert check_memory(project).verdict == 'ok' and check_memory(project, 'a/huge').mend.endswith('mlcourse kernels --stop')


def test_a_crash_a_hang_a_noisy_answer_and_a_command_that_is_none_are_each_told_apart():
    with tempfile.TemporaryDirectory() as folder:
        def ask(code, limit_s=None):
            asked = Asked([sys.executable, '-c', code], Path(folder), limit_s)
            said = asked.facts()
            asked.end()
            return said
        assert ask('print("noise"); print(\'{"a": 1}\'); print(\'{"b": 2}\')') == ({'a': 1, 'b': 2}, '')
        assert ask('import os; os.abort()') == ({}, 'killed by SIGABRT')
        assert ask('raise ImportError("no libcuda")') == ({}, 'ImportError: no libcuda')
        assert ask('import time; time.sleep(60)', .2) == ({}, 'no answer within 0.2 s')
        absent = Asked([f'{folder}/absent'], Path(folder))
        assert absent.answer() == ([], f'{folder}/absent does not start: No such file or directory')
        absent.end()


def test_a_variable_that_keeps_kernels_ordinary_is_named_with_its_remedy_and_a_port_and_no_browser_are_told():
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in (('MLCOURSE_WARM', 'off'), ('PYTHONHASHSEED', '0')):
            with patch.context() as inner:
                if variable != 'MLCOURSE_WARM': inner.delenv('MLCOURSE_WARM', raising=False)
                inner.setenv(variable, value)
                found = check_warm(Path('/'))
                assert (found.verdict, found.mend) == ('warn', f'unset {variable}') or 'Linux only' in found.said
        assert check_ports().verdict == 'ok'
        def broken(*args): raise OSError(99, 'Cannot assign requested address')
        patch.setattr('socket.create_server', broken)
        assert check_ports() == Finding('ports', 'fail', 'no port of 127.0.0.1 can be used: Cannot assign requested address', 'sudo ip link set lo up')
        patch.setenv('PATH', '/nowhere')
        patch.delenv('BROWSER', raising=False)
        assert check_browser().verdict == 'warn' and check_browser().mend == 'sudo apt install chromium'


def test_notebooks_that_are_no_notebooks_or_whose_code_is_none_are_named_with_the_command_that_brings_them_back():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for part in ('nbs/a', 'work/a'): (project/part).mkdir(parents=True)
        cell = lambda source: json.dumps(dict(cells=[dict(cell_type='code', id='one', source=source)]))
        (project/'nbs'/'a'/'fine.ipynb').write_text(cell('%time\n!ls\nx = 1'))
        (project/'work'/'a'/'mine.ipynb').write_text(cell('x ='))
        assert check_notebooks(project) == Finding('notebooks', 'ok', '1 can be read, and 1 of your own')
        (project/'nbs'/'a'/'half.ipynb').write_text(cell('<<<<<<< HEAD'))
        assert 'cell one is not Python' in check_notebooks(project).said and check_notebooks(project).mend == 'git checkout -- nbs/a/half.ipynb'
        for text in ('', '[]', '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}', '{"cells": [1]}'):
            (project/'work'/'a'/'mine.ipynb').write_text(text)
            assert 'is not a notebook' in fault_of(project/'work'/'a'/'mine.ipynb')
        assert check_notebooks(project).mend == 'git checkout -- nbs/a/half.ipynb && mv work/a/mine.ipynb work/a/mine.ipynb.broken'
        (project/'requirements.lock').touch()
        assert check_clock(project).verdict == 'ok'
        os.utime(project/'requirements.lock', (time.time() + 1e6,)*2)
        assert check_clock(project).verdict == 'warn' and 'is 278 hours before' in check_clock(project).said


def test_what_a_notebook_imports_and_loads_is_looked_for_and_not_imported():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project/'requirements.lock').write_text('no-such-module==1\n')
        assert check_imports(project, ['import json, os.path as p\ntry: import never\nexcept ImportError: pass']).verdict == 'ok'
        found = check_imports(project, ['from no_such_module.part import x'])
        assert (found.verdict, found.said) == ('fail', 'not installed: no_such_module')
        assert found.mend.endswith('install --constraint requirements.lock no_such_module')
        assert check_imports(project, ['import no_such_thing']).mend.endswith("--editable '.[course]'")
        assert check_imports(project, ['import mlcourse.data.gone']).said == 'not exported: mlcourse.data.gone'
        code = ['from mlcourse.workbook.artefacts import load, save', "def f(): return load('ours'), load('own')", "save('own', {})\nother.load('none')"]
        assert check_artefacts(project, code) == Finding('artefacts', 'fail', 'ours is missing', 'git checkout -- data/artefacts')
        (project/'work'/'artefacts').mkdir(parents=True)
        (project/'work'/'artefacts'/'ours.json').write_text('{}')
        assert check_artefacts(project, code).said == 'ours, own there' and check_artefacts(project, ["load('x')"]).said == 'it loads none'
