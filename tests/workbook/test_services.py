"""Generated from nbs/workbook/21_services.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
import socket
import subprocess
import sys
import tempfile
import time
from mlcourse.workbook.services import free_port
from mlcourse.workbook.services import service
from pathlib import Path


def test_a_server_answers_inside_its_block_and_nothing_of_it_is_left_afterwards_its_children_included():
    port, inner = free_port(), free_port()
    code = f'''import http.server, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def serve(port): http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()
if len(sys.argv) > 1: serve({inner})
child = subprocess.Popen([sys.executable, sys.argv[0], 'child'])
signal.signal(signal.SIGTERM, signal.SIG_DFL)
serve({port})'''
    def up(number):
        with socket.socket() as probe: return probe.connect_ex(('127.0.0.1', number)) == 0
    with tempfile.TemporaryDirectory() as at:
        Path(at, 'server.py').write_text(code)
        with pytest.raises(ZeroDivisionError), service([sys.executable, 'server.py'], ready=lambda: up(inner) and up(port), cwd=at):
            assert not up(free_port())
            1/0  # noqa: B018
    assert not up(port) and not up(inner)


def test_a_server_that_does_not_come_up_says_why_in_one_line_and_one_whose_program_is_killed_or_ends_goes_too():
    with pytest.raises(RuntimeError, match=r'^python\S* ended with status 3: no disk$'), service(
            [sys.executable, '-c', 'print("no disk"); raise SystemExit(3)'], ready=lambda: False): pass
    with pytest.raises(RuntimeError, match=r'^sleep was not ready within 0.1 s \(ConnectionRefusedError\): it printed noth'), service(
            ['sleep', '60'], ready=f'http://127.0.0.1:{free_port()}/', timeout=.1): pass
    with service(['sh', '-c', 'echo $COLOUR; sleep 60'], ready=lambda: True, env=dict(COLOUR='blue')) as running:
        running.wait_until(lambda: 'blue' in running.log(), 5)
    assert running.process.returncode is not None
    def up(number):
        with socket.socket() as probe: return probe.connect_ex(('127.0.0.1', number)) == 0
    code = '''import os, signal, sys
from mlcourse.workbook.services import service
port = sys.argv[1]
block = service([sys.executable, '-m', 'http.server', '--bind', '127.0.0.1', port], ready=f'http://127.0.0.1:{port}/')
block.__enter__()
if sys.argv[2] == 'killed': os.kill(os.getpid(), signal.SIGKILL)'''
    for how in ('killed', 'ends'):
        port = free_port()
        subprocess.run([sys.executable, '-c', code, str(port), how], check=how == 'ends')
        until = time.monotonic() + 5
        while up(port) and time.monotonic() < until: time.sleep(.02)
        assert not up(port), how
