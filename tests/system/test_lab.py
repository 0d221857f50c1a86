"The learner's JupyterLab, in a real browser: a lesson opens, its cells run, claims show, and the exercise waits for an answer in one line."
import os
import re
import shutil
import signal

import pytest
from harness import command

LESSON = '2_data/15_plots'


@pytest.fixture
def lab(project, tmp_path):
    "URL of a JupyterLab on a learner's own folder, as `mlcourse lab` starts it."
    for part in ('nbs', 'data'): shutil.copytree(project/part, tmp_path/part)
    env = {name: str(tmp_path/'own'/name.lower()) for name in ('JUPYTER_CONFIG_DIR', 'JUPYTER_DATA_DIR', 'JUPYTER_RUNTIME_DIR', 'IPYTHONDIR')}
    options = '--no-browser', '--allow-root', '--ServerApp.port=0', '--IdentityProvider.token=abc', '--LabApp.news_url=None'
    process = command(tmp_path, 'lab', LESSON, *options, env=env, start_new_session=True)
    found = None
    for line in process.stderr:
        found = found or re.search(r'http://127\.0\.0\.1:(\d+)/', line)
        if found: break
    assert found, 'JupyterLab did not start'
    yield tmp_path, f'http://127.0.0.1:{found[1]}/lab/tree/{LESSON}.ipynb?token=abc&reset'
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=20)


def test_a_lesson_runs_in_jupyterlab_up_to_its_exercise(lab):
    from playwright.sync_api import expect, sync_playwright
    folder, url = lab
    chromium = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    assert chromium, 'this test needs Chromium: apt install chromium'
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=['--no-sandbox'])
        page = browser.new_page(viewport=dict(width=1200, height=900))
        page.goto(url)
        page.get_by_text('Python 3 (warm) | Idle').wait_for(timeout=60_000)
        page.get_by_role('menuitem', name='Run', exact=True).click()
        page.get_by_role('menuitem', name=re.compile('^Run All Cells')).click()
        expect(page.locator('text=NotYet').first).to_be_visible(timeout=120_000)
        text = page.locator('.jp-Notebook').inner_text()
        assert 'nothing to check yet: your answer goes here' in text and 'Traceback' not in text
        assert page.locator('.mlc-claim.mlc-holds').count() >= 1 and page.locator('.mlc-fails').count() == 0
        browser.close()
    assert (folder/'work'/f'{LESSON}.ipynb').exists()
