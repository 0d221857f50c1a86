"What is generated is what the notebooks say, and every objective of a written notebook is met."
import subprocess

from harness import command, finish

from mlcourse.workbook.export import stale


def test_everything_generated_is_fresh_and_no_notebook_holds_outputs(project):
    assert stale(project) == []


def test_written_notebooks_leave_no_hole_in_the_map(project):
    status, out, err = finish(command(project, 'map'))
    assert status == 0 and out.splitlines()[-1].split(', ')[1] == '0 hole', out + err


def test_ruff_is_content(project):
    import sys
    done = subprocess.run([sys.executable, '-m', 'ruff', 'check', '.'], cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_lock_pins_what_settings_name_and_nothing_of_a_gpu_build(project):
    "A CPU and a CUDA build of torch both install from one lock."
    from configparser import ConfigParser

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    parser = ConfigParser(delimiters=['='])
    parser.read(project/'settings.ini')
    settings = parser['DEFAULT']
    lines = [line for line in (project/'requirements.lock').read_text().splitlines() if line and not line.startswith('#')]
    assert all('==' in line for line in lines)
    pinned = {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
    for key in settings:
        if key not in ('requirements', 'dev_requirements') and not key.startswith('extra_'): continue
        for word in settings[key].split():
            wanted = Requirement(word)
            pin = pinned.get(canonicalize_name(wanted.name))
            assert pin, f'{word} of {key} is not in requirements.lock'
            assert all(wanted.specifier.contains(spec.version) for spec in pin.specifier), f'{pin} does not satisfy {word}'
    gpu = [name for name in pinned if name.startswith(('nvidia-', 'triton')) and name != 'nvidia-ml-py']
    assert not gpu, f'torch brings its own {gpu}'
    assert '+' not in str(pinned['torch'].specifier)
