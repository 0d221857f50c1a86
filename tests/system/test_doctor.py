"The doctor on machines that are broken on purpose: each fault is found, told in one line, and comes with the command that mends it."
import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from importlib.metadata import version
from pathlib import Path

import pytest
from harness import write_notebook

from mlcourse.workbook import doctor
from mlcourse.workbook.project import Refusal

KERNEL = doctor.QUESTIONS['kernel']
CPU_TORCH = '''__version__ = '2.13.0+cpu'
class version: cuda = None
class cuda: is_available = staticmethod(lambda: False)
'''
CPU_TENSORFLOW = '''__version__ = '2.21.0'
class test: is_built_with_cuda = staticmethod(lambda: False)
class config: list_physical_devices = staticmethod(lambda kind: [])
'''
EVERYTHING = ('Python packages library notebooks cores memory disk workspace build_folder environments clock ports browser kernel_spec warm_kernels kernel '
              'GPU torch tensorflow').replace('_', ' ')


@pytest.fixture
def machine(small, monkeypatch):
    "A project on a healthy machine, with quick stand-ins for what is slow to look at; returns how to put a file into the folder of the stand-ins."
    (small/'settings.ini').write_text('[DEFAULT]\nmin_python = 3.11\nrequirements = numpy\n')
    (small/'requirements.lock').write_text(f"# for Python {sys.version_info[0]}.{sys.version_info[1]}\nnumpy=={version('numpy')}\n")
    for variable in ('MLCOURSE_WARM', 'CUDA_VISIBLE_DEVICES'): monkeypatch.delenv(variable, raising=False)
    fakes = small/'fakes'
    fakes.mkdir()
    def put(name, text, mode=0o644):
        (fakes/name).write_text(text)
        (fakes/name).chmod(mode)
        return fakes/name
    put('torch.py', CPU_TORCH)
    put('tensorflow.py', CPU_TENSORFLOW)
    monkeypatch.setenv('PYTHONPATH', str(fakes))
    monkeypatch.setenv('PATH', f"{fakes}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(doctor, '_installed', lambda: dict(numpy=(version('numpy'), [])))
    monkeypatch.setitem(doctor.QUESTIONS, 'kernel', "import json, sys; print(json.dumps(dict(prefix=sys.prefix)))")
    return put


def seen(project, notebook=None):
    "Findings by name; each is one line, and has a command unless all is well."
    findings = doctor.examine(project, notebook)
    for f in findings:
        assert f.verdict in ('ok', 'warn', 'fail') and '\n' not in f.said + f.mend and f.said, f
        assert bool(f.mend) == (f.verdict != 'ok'), f
    assert len(doctor.table(findings).splitlines()) == len(findings) + 2
    return {f.name: f for f in findings}


def test_a_healthy_machine_is_told_so_and_nothing_is_left_behind(small, machine, monkeypatch):
    monkeypatch.setitem(doctor.QUESTIONS, 'kernel', KERNEL)
    before = sorted(small.rglob('*'))
    found = seen(small, 'a/fine')
    wanted = [*EVERYTHING.replace('build folder', 'build_folder').replace('kernel spec', 'kernel_spec').replace('warm kernels', 'warm_kernels').split(),
              'imports', 'its_environments', 'artefacts']
    assert [name.replace(' ', '_') for name in found] == wanted
    wrong = {n: f for n, f in found.items() if f.verdict == 'fail'}
    assert not wrong and doctor.status(found.values()) == 0
    assert [p for p in sorted(small.rglob('*')) if '__pycache__' not in p.parts] == before, 'looking leaves nothing behind'


def test_the_real_libraries_answer_and_none_of_them_is_loaded(project):
    code = ('import json, sys, time\nfrom pathlib import Path\nfrom mlcourse.workbook.doctor import examine, to_json\n'
            f'findings = examine(Path({str(project)!r}))\nprint(to_json(findings))\n'
            "print([m for m in ('torch', 'tensorflow', 'pandas', 'matplotlib') if m in sys.modules], file=sys.stderr)")
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=120)
    assert done.stderr.strip() == '[]'
    report = json.loads(done.stdout)
    assert set(report) == {'status', 'findings'} and all(set(f) == {'name', 'verdict', 'said', 'mend'} for f in report['findings'])
    said = {f['name']: f for f in report['findings']}
    assert version('torch') in said['torch']['said'] and version('tensorflow-cpu' if sys.platform != 'darwin' else 'tensorflow') in said['tensorflow']['said']
    for name in ('torch', 'tensorflow', 'kernel', 'library', 'notebooks', 'packages'): assert said[name]['verdict'] != 'fail', said[name]


def test_a_lock_with_another_version_and_a_package_that_is_missing(small):
    (small/'settings.ini').write_text('[DEFAULT]\nrequirements = numpy\n')
    (small/'requirements.lock').write_text('numpy==1.0\nnot-installed-and-not-required==1\n')
    found = doctor.check_packages(small)
    assert (found.verdict, found.said) == ('warn', f"1 not as requirements.lock says: numpy {version('numpy')} instead of 1.0")
    assert found.mend.endswith('pip install --constraint requirements.lock numpy')
    (small/'settings.ini').write_text('[DEFAULT]\nrequirements = numpy no-such-package\n')
    found = doctor.check_packages(small)
    assert found.verdict == 'fail' and '2 not as requirements.lock says: no-such-package is missing, numpy' in found.said
    assert found.mend.endswith('pip install --constraint requirements.lock no-such-package numpy')
    names = [f'absent-{letter}' for letter in 'abcdefg']
    (small/'settings.ini').write_text(f"[DEFAULT]\nrequirements = {' '.join(names)}\n")
    assert 'absent-d is missing and 4 more' in doctor.check_packages(small).said and doctor.check_packages(small).mend.endswith("--editable '.[course,dev]'")


def test_a_python_that_is_too_old_or_not_the_one_of_the_lock(small, machine):
    (small/'requirements.lock').write_text('# resolved for Python 3.99.\nnumpy==1\n')
    found = doctor.check_python(small)
    assert (found.verdict, found.mend) == ('warn', 'rm -rf .venv && make lab PYTHON=python3.99')
    (small/'settings.ini').write_text('[DEFAULT]\nmin_python = 3.99\n')
    assert doctor.check_python(small).verdict == 'fail'


def test_no_kernel_spec_a_damaged_one_and_one_of_an_environment_that_is_gone(small, monkeypatch):
    monkeypatch.setattr(sys, 'prefix', str(small/'venv'))
    spec = small/'venv'/'share'/'jupyter'/'kernels'/'mlcourse-warm'/'kernel.json'
    spec.parent.mkdir(parents=True)
    for text, words in ((None, 'not installed'), ('half', 'is damaged'), ('{"argv": ["/gone/bin/python"]}', 'starts /gone/bin/python, which is not there')):
        if text: spec.write_text(text)
        found = doctor.check_spec(small)
        assert found.verdict == 'warn' and words in found.said and found.mend == 'venv/bin/mlcourse kernels --install'
    spec.write_text(json.dumps(dict(argv=[sys.executable])))
    assert doctor.check_spec(small).verdict == 'ok'
    monkeypatch.setattr('importlib.metadata.entry_points', lambda **_: ())
    assert doctor.check_spec(small).verdict == 'fail' and doctor.check_spec(small).mend == 'venv/bin/pip install --no-deps --editable .'


def test_a_kernel_that_does_not_start_and_one_of_another_environment(small, machine, monkeypatch):
    monkeypatch.setitem(doctor.QUESTIONS, 'kernel', KERNEL)
    machine('ipykernel_launcher.py', 'raise SystemExit("broken on purpose")')
    found = seen(small)['kernel']
    assert found.verdict == 'fail' and 'an ordinary kernel does not answer' in found.said
    assert found.mend.endswith('--force-reinstall --no-deps ipykernel jupyter_client pyzmq')
    other = doctor.Asked([sys.executable, '-c', 'print(\'{"prefix": "/another"}\')'], small)
    found = doctor.check_kernel(small, other)
    other.end()
    assert found.verdict == 'fail' and 'belongs to /another' in found.said and found.mend.endswith('python -m ipykernel install --sys-prefix')


def test_a_kernel_that_hangs_is_given_up_and_leaves_no_process(small, machine, monkeypatch):
    import psutil
    machine('ipykernel_launcher.py', 'import time; time.sleep(300)')
    monkeypatch.setitem(doctor.QUESTIONS, 'kernel', KERNEL)
    monkeypatch.setattr(doctor, 'LIMIT_S', 4)
    started = time.monotonic()
    assert seen(small)['kernel'].said == 'an ordinary kernel does not answer: no answer within 4 s' and time.monotonic() - started < 20
    left = [p.info for p in psutil.process_iter(['pid', 'environ', 'cmdline']) if str(small) in (p.info['environ'] or {}).get('PYTHONPATH', '')]
    assert not [p for p in left if p['pid'] != os.getpid()]


@pytest.mark.parametrize('part, name', [('work', 'workspace'), ('_build', 'build folder')])
def test_a_folder_that_cannot_be_written(small, machine, monkeypatch, part, name):
    (small/part).touch()
    found = doctor.check_writing(small, part)
    assert (found.name, found.verdict, found.mend) == (name, 'fail', f'mv {part} {part}.aside')
    assert subprocess.run(found.mend, shell=True, cwd=small).returncode == 0 and doctor.check_writing(small, part).verdict == 'ok', 'its own command mends it'
    (small/part).mkdir()
    for number, mend in ((errno.EACCES, f'sudo chown -R "$(id -un)" {part}'), (errno.EROFS, f'sudo mount -o remount,rw "$(findmnt -no TARGET -T {part})"')):
        def refuse(dir, number=number): raise OSError(number, os.strerror(number))
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, 'TemporaryFile', refuse)
            assert (doctor.check_writing(small, part).verdict, doctor.check_writing(small, part).mend) == ('fail', mend)


@pytest.mark.parametrize('free, verdict', [(5e9, 'ok'), (1.5e9, 'warn'), (.1e9, 'fail')])
def test_a_disk_with_little_space(small, monkeypatch, free, verdict):
    monkeypatch.setattr(shutil, 'disk_usage', lambda path: namedtuple('usage', 'total used free')(0, 0, free))
    [found] = doctor.check_disk(small)
    assert (found.verdict, found.mend) == (verdict, '' if verdict == 'ok' else 'make clean')


@pytest.mark.parametrize('free_mb, verdict', [(8000, 'ok'), (2000, 'warn'), (500, 'fail')])
def test_little_memory(small, monkeypatch, free_mb, verdict):
    import psutil
    (small/'nbs'/'budgets.yml').write_text('default: {memory_mb: 4000}\na/fine: {memory_mb: 1500}\n')
    monkeypatch.setattr(psutil, 'virtual_memory', lambda: namedtuple('memory', 'available')(free_mb*2**20))
    found = doctor.check_memory(small)
    assert found.verdict == verdict and bool(found.mend.endswith('mlcourse kernels --stop')) == (verdict != 'ok')
    assert doctor.check_memory(small, 'a/fine').verdict == ('ok' if free_mb > 1500 else 'fail')


SEES = '#!/bin/sh\necho "NVIDIA H200, 143771 MiB, 570.86.15"\n'


def test_a_gpu_that_torch_does_not_see(small, machine, monkeypatch):
    machine('nvidia-smi', SEES, 0o755)
    found = seen(small)
    assert found['GPU'] == doctor.Finding('GPU', 'ok', 'NVIDIA H200, 143771 MiB, 570.86.15')
    assert found['torch'].verdict == 'warn' and 'a build for the CPU' in found['torch'].said and '--index-url ADDRESS torch==2.13.0' in found['torch'].mend
    assert found['tensorflow'].verdict == 'ok', 'the course keeps TensorFlow on the CPU'
    machine('torch.py', CPU_TORCH.replace('cuda = None', 'cuda = "13.0"') + 'import warnings\nwarnings.warn("CUDA initialization: the driver is too old")\n')
    machine('tensorflow.py', CPU_TENSORFLOW.replace('lambda: False', 'lambda: True'))
    found = seen(small)
    assert 'built for CUDA 13.0; CUDA initialization: the driver is too old' in found['torch'].said
    assert found['tensorflow'].verdict == 'warn' and 'tensorflow[and-cuda]' in found['tensorflow'].mend
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '')
    assert seen(small)['torch'].mend == 'unset CUDA_VISIBLE_DEVICES'


def test_a_gpu_that_torch_sees(small, machine):
    machine('nvidia-smi', SEES, 0o755)
    machine('torch.py', '__version__ = "2.13.0+cu130"\nclass version: cuda = "13.0"\nclass cuda:\n    is_available = staticmethod(lambda: True)\n'
                        '    device_count = staticmethod(lambda: 1)\n    get_device_name = staticmethod(lambda i: "NVIDIA H200")\n')
    assert seen(small)['torch'] == doctor.Finding('torch', 'ok', '2.13.0+cu130, NVIDIA H200')


@pytest.mark.parametrize('script, words', [
    ('#!/bin/sh\necho "could not communicate with the NVIDIA driver"; exit 9\n', 'could not communicate with the NVIDIA driver'),
    ('#!/bin/sh\n', 'it names no GPU'), ('#!/no/such/shell\n', 'does not start'),
])
def test_a_driver_that_is_broken_is_a_warning_and_blames_no_library(small, machine, script, words):
    machine('nvidia-smi', script, 0o755)
    found = seen(small)
    assert found['GPU'].verdict == 'warn' and words in found['GPU'].said and found['GPU'].mend == 'sudo modprobe nvidia && nvidia-smi'
    assert found['torch'].verdict == found['tensorflow'].verdict == 'ok'


@pytest.mark.parametrize('source, words', [
    ('import os; os.kill(os.getpid(), 11)', 'import torch: killed by SIGSEGV'),
    ('raise OSError("libc10.so: cannot open shared object file")', 'import torch: OSError: libc10.so: cannot open shared object file'),
    ('import os; os._exit(3)', 'import torch: ended with status 3'),
    ('print("x"*10**6); raise RuntimeError("loud")', 'import torch: RuntimeError: loud'),
    ('x = 1', "has no attribute '__version__'"),
])
def test_a_torch_that_breaks_on_import_is_a_finding_and_the_rest_is_still_told(small, machine, source, words):
    machine('torch.py', source)
    found = seen(small)
    assert found['torch'].verdict == 'fail' and words in found['torch'].said and found['torch'].mend == 'unset PYTHONPATH'
    assert found['tensorflow'].verdict == found['kernel'].verdict == 'ok' and doctor.status(found.values()) == 1


def test_a_torch_of_this_environment_that_breaks_is_installed_again(small, machine):
    said = json.dumps(dict(origin=f'{sys.prefix}/lib/torch/__init__.py'))
    asked = doctor.Asked([sys.executable, '-c', f'print({said!r}); raise ImportError("broken")'], small)
    found = doctor.check_library(small, 'torch', asked, None)
    asked.end()
    assert found.verdict == 'fail' and found.mend.endswith('pip install --constraint requirements.lock --force-reinstall torch')


def test_a_broken_notebook_and_a_broken_one_of_the_learners(small, machine):
    (small/'nbs'/'a'/'bad.ipynb').write_text('{"cells": [')
    write_notebook(small/'work'/'a'/'my own.ipynb', 'def half(')
    found = seen(small)['notebooks']
    assert found.verdict == 'fail' and 'bad.ipynb is not a notebook' in found.said
    assert found.mend == 'git checkout -- nbs/a/bad.ipynb', "a learner's half-written cell is no fault"
    (small/'work'/'a'/'my own.ipynb').write_text('')
    assert doctor.check_notebooks(small).mend == "git checkout -- nbs/a/bad.ipynb && mv 'work/a/my own.ipynb' 'work/a/my own.ipynb.broken'"
    named = seen(small, 'a/bad')
    assert named['notebook'].verdict == 'fail' and named['notebook'].mend == 'git checkout -- nbs/a/bad.ipynb'
    with pytest.raises(Refusal, match='no notebook at .*absent.ipynb'): doctor.examine(small, 'a/absent')


def test_what_a_notebook_needs_and_does_not_have(small, machine):
    (small/'envs').mkdir()
    (small/'envs'/'tiny.txt').write_text('')
    write_notebook(small/'nbs'/'a'/'needy.ipynb', 'import numpy\nimport no_such_module.part\nfrom mlcourse.workbook.artefacts import load\n'
                   'from mlcourse.workbook.environments import run_in', "load('budget')\nrun_in('tiny', 'print(1)')")
    found = seen(small, 'a/needy')
    assert found['imports'].said == 'not installed: no_such_module' and found['imports'].verdict == 'fail' and 'pip install' in found['imports'].mend
    assert found['its environments'].verdict == found['environments'].verdict == 'warn' and found['its environments'].mend.endswith('mlcourse env tiny')
    assert found['artefacts'] == doctor.Finding('artefacts', 'fail', 'budget is missing', 'git checkout -- data/artefacts')
    assert seen(small, 'nbs/a/fine.ipynb')['its environments'].verdict == 'ok', 'another notebook does not need it'
    shipped = small/'data'/'artefacts'
    shipped.mkdir(parents=True)
    (shipped/'budget.json').write_text('{}')
    (shipped/'manifest.json').write_text(json.dumps(dict(budget=dict(file='budget.json', sha256='0'*64))))
    assert doctor.check_artefacts(small, ["from mlcourse.workbook.artefacts import load\nload('budget')"]).said == 'budget is not what its manifest says'


def test_a_library_of_another_project_and_a_module_that_is_no_python(small, machine, project):
    (small/'mlcourse').mkdir()
    assert 'not from' in doctor.check_library_files(small).said and doctor.check_library_files(small).mend.endswith('--no-deps --editable .')
    import mlcourse
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlcourse, '__path__', [str(small/'mlcourse')])
        (small/'mlcourse'/'half.py').write_text('<<<<<<< HEAD\n')
        assert doctor.check_library_files(small).verdict == 'fail' and doctor.check_library_files(small).mend == 'git checkout -- mlcourse/half.py'


def test_no_port_no_browser_and_a_clock_that_is_behind(small, machine, monkeypatch):
    def refuse(*_): raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    with monkeypatch.context() as patch:
        patch.setattr(socket, 'create_server', refuse)
        assert (doctor.check_ports().verdict, doctor.check_ports().mend) == ('fail', 'sudo ip link set lo up')
        patch.setenv('PATH', str(small))
        patch.delenv('BROWSER', raising=False)
        assert (doctor.check_browser().verdict, doctor.check_browser().mend) == ('warn', 'sudo apt install chromium')
    os.utime(small/'requirements.lock', (time.time() + 86400,)*2)
    assert (doctor.check_clock(small).verdict, doctor.check_clock(small).mend) == ('warn', 'sudo timedatectl set-ntp true')


def test_a_check_that_fails_itself_costs_no_other(small, machine, monkeypatch):
    (small/'requirements.lock').write_bytes(b'\xff\xfe numpy==1')
    found = seen(small)
    for name in ('packages', 'Python'): assert found[name].verdict == 'fail' and 'could not be looked at: UnicodeDecodeError' in found[name].said
    assert found['ports'].verdict == found['kernel'].verdict == 'ok' and Path(small/'work').exists() is False
