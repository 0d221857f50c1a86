"The site as a reader gets it: every page, link and formula, in a real browser, with no network; and what the build refuses."
import ast
import functools
import http.server
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from mlcourse.workbook import runs, site
from mlcourse.workbook.project import Refusal, curriculum

pytestmark = pytest.mark.filterwarnings("ignore:'myst_parser")  # speaks of Sphinx 11
CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


@pytest.fixture(scope='session')
def docs(project) -> Path:
    "The course's own site, built from executed notebooks."
    listed = [page for _, pages in site.sections(project) for page in pages if page.endswith('.ipynb')]
    runs.run(project, listed)
    return site.build(project).parent


class Page(HTMLParser):
    "The ids, links and loaded resources of a page."

    def __init__(self, path):
        super().__init__()
        self.ids, self.repeated, self.links, self.loads = set(), [], [], []
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if 'id' in given:
            if given['id'] in self.ids: self.repeated.append(given['id'])
            self.ids.add(given['id'])
        if tag == 'a' and given.get('href'): self.links.append(given['href'])
        if tag == 'link' and given.get('rel') not in ('canonical',): self.loads.append(given['href'])
        if tag in ('img', 'script', 'iframe', 'source', 'video', 'audio', 'embed') and given.get('src'): self.loads.append(given['src'])


@pytest.fixture(scope='session')
def pages(docs) -> dict:
    "Every page of the site, parsed."
    return {path.relative_to(docs).as_posix(): Page(path) for path in sorted(docs.rglob('*.html'))}


def test_every_listed_page_is_at_the_url_that_quarto_would_give_it(project, docs):
    listed = [page for _, pages in site.sections(project) for page in pages]
    assert 'index.ipynb' in listed and 'ledger.md' in listed
    for page in listed: assert (docs/page).with_suffix('.html').is_file(), page


def test_every_link_and_anchor_within_the_site_resolves(docs, pages):
    broken = []
    for name, page in pages.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or not link.strip('#'): continue
            target = (docs/name).parent/unquote(parts.path) if parts.path else docs/name
            target = Path(os.path.normpath(target))
            if not target.is_file(): broken.append(f'{name}: {link}')
            elif parts.fragment and target.suffix == '.html':
                if unquote(parts.fragment) not in pages[target.relative_to(docs).as_posix()].ids: broken.append(f'{name}: {link}')
    assert not broken, broken[:10]


def test_pages_are_staged_equal_in_every_process_so_that_only_what_changed_is_rendered(project, docs):
    stage = 'import hashlib, sys; from pathlib import Path; from mlcourse.workbook.site import staged; '
    stage += 'print({path: hashlib.sha256(text).hexdigest() for path, text in sorted(staged(Path(sys.argv[1])).items())})'
    one, other = (ast.literal_eval(subprocess.run([sys.executable, '-c', stage, project], env=os.environ | dict(PYTHONHASHSEED=seed), check=True,
                                                  capture_output=True, text=True).stdout) for seed in '12')
    assert [path for path in one if one[path] != other[path]] == [] and list(one) == list(other)


def test_ids_are_unique_within_a_page(pages):
    assert {name: page.repeated for name, page in pages.items() if page.repeated} == {}


def test_nothing_is_loaded_from_elsewhere(docs, pages):
    assert [load for page in pages.values() for load in page.loads if re.match(r'(https?:)?//', load)] == []
    for style in docs.rglob('*.css'): assert not re.search(r'(url\(|@import)\s*["\']?(https?:)?//', style.read_text(encoding='utf-8')), style


def test_formulas_are_mathml_and_need_no_script(docs):
    lessons = [path for path in docs.rglob('*.html') if '<math' in path.read_text(encoding='utf-8')]
    assert lessons
    for path in docs.rglob('*.html'): assert 'mathjax' not in path.read_text(encoding='utf-8').lower() or path.name == '15_site.html', path


def test_no_page_tells_of_the_machine_that_built_it(project, docs):
    for path in docs.rglob('*'):
        if path.is_file() and path.suffix in ('.html', '.js', '.json', '.txt', '.css'):
            text = path.read_text(encoding='utf-8')
            for private in (str(project), sys.prefix, str(Path.home()) + '/'): assert private not in text, (path, private)


def test_the_ledger_lists_every_claim_of_the_run_and_the_map_every_objective(project, docs):
    claims = json.loads((docs/'files'/'ledger.json').read_text())
    ledger, objectives = (docs/'ledger.html').read_text(), (docs/'map.html').read_text()
    assert claims
    for claim in claims: assert f"#claim-{claim['id'].replace('/', '-')}" in ledger, claim['id']
    for entry in curriculum(project).values():
        for id in entry['teaches']: assert f'id="{id}"' in objectives, id


# The build and what it refuses, on a site of one page

def small_site(project, folder, text='# Title\n> why', code='x = 1', more=()):
    "A project with one page and its settings."
    shutil.copytree(project/'nbs'/'_site', folder/'nbs'/'_site', dirs_exist_ok=True)
    shutil.copy(project/'nbs'/'curriculum.yml', folder/'nbs')
    cells = [dict(cell_type='markdown', id='words', metadata={}, source=text),
             dict(cell_type='code', id='code', metadata={}, source=code, outputs=[], execution_count=None)]
    (folder/'nbs'/'index.ipynb').write_text(json.dumps(dict(nbformat=4, nbformat_minor=5, metadata={}, cells=cells)))
    (folder/'mlcourse').mkdir(exist_ok=True)
    sidebar = dict(contents=['index.ipynb', *more, 'ledger.md', 'map.md', 'api/index.md'])
    (folder/'_quarto.yml').write_text(json.dumps(dict(project={'type': 'website'}, filters=['nbdev'], website=dict(title='small', sidebar=sidebar))))
    return folder


@pytest.mark.parametrize('text, said', [
    ('# T\n\n::: {.callout-danger}\nx\n:::', r"nbs/index.ipynb: cell words: unknown block '\{.callout-danger\}'; wanted one of \{.callout-note\}"),
    ('# T\n\n[a](2_data/none.ipynb)', 'cell words: broken link 2_data/none.ipynb; there is no nbs/2_data/none.ipynb'),
    ('# T\n\n![a](none.png)', 'nbs/index.ipynb: cell words: broken link none.png'),
    ('no title', 'nbs/index.ipynb: wanted a first cell with a title'),
    ('# T\n\n[a](#nowhere)', 'nbs/index.ipynb: cell words: .*nowhere'),
    ('# T\n\n$\\nosuchmacro{x}$', r'nbs/index.ipynb: cell words: no MathML for \\nosuchmacro'),
])
def test_a_page_that_cannot_be_shown_is_refused_in_one_line_and_the_old_site_stays(project, tmp_path, text, said):
    page = site.build(small_site(project, tmp_path))
    before = page.read_text()
    with pytest.raises(Refusal, match=said) as caught: site.build(small_site(project, tmp_path, text))
    assert '\n' not in str(caught.value) and page.read_text() == before
    site.build(small_site(project, tmp_path, '# Mended'))
    assert 'Mended' in page.read_text()


def test_a_listed_page_that_is_not_written_is_named(project, tmp_path):
    small = small_site(project, tmp_path, more=['2_data/99_none.ipynb'])
    with pytest.raises(Refusal, match='_quarto.yml lists 2_data/99_none.ipynb, and nbs/ has no such file'): site.build(small)
    with pytest.raises(Refusal, match="renderer wants builtin or quarto, got 'word'"): site.build(tmp_path, renderer='word')


def test_a_page_that_was_not_executed_says_so_and_one_taken_off_the_list_goes(project, tmp_path):
    small = small_site(project, tmp_path, more=['about.md'])
    (small/'nbs'/'about.md').write_text('# About\n\n[home](index.ipynb), [the list](../_quarto.yml), [a lesson to come](1_scoping/01_lifecycle.ipynb)')
    page = site.build(small)
    assert 'Not executed: mlcourse run index fills in the results.' in page.read_text() and (page.parent/'files'/'_quarto.yml').exists()
    about = (page.parent/'about.html').read_text()
    assert 'href="index.html"' in about and 'href="map.html#lesson-1_scoping-01_lifecycle"' in about
    site.build(small_site(project, tmp_path))
    assert not (page.parent/'about.html').exists()


FAKE = '''#!{python}
import json, pathlib, sys
here = pathlib.Path.cwd()
if sys.argv[1:] == ['--version']: print('{version}'); sys.exit()
files = sorted(p.relative_to(here).as_posix() for p in here.rglob('*') if p.is_file())
(here.parent/'seen.json').write_text(json.dumps(dict(arguments=sys.argv[1:], files=files)))
if {fails}: print('rendering'); print('ERROR: no such filter'); sys.exit(1)
for path in [*here.rglob('*.ipynb'), *here.rglob('*.md')]:
    out = here/'_docs'/path.relative_to(here).with_suffix('.html')
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text('<html>' + path.name)
'''


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    "Puts a program named quarto on the PATH that records what it is given and writes one page a source."
    def put(version='1.6.40', fails=False):
        program = tmp_path/'bin'/'quarto'
        program.parent.mkdir(exist_ok=True)
        program.write_text(FAKE.format(python=sys.executable, version=version, fails=fails))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv('PATH', f'{program.parent}:/usr/bin:/bin')
    return put


def test_quarto_gets_staged_copies_without_directives_and_makes_the_same_urls(project, docs, tmp_path, quarto):
    quarto()
    files = site.staged(project, renderer='quarto')
    for name, content in files.items():
        if not name.endswith('.ipynb'): continue
        for cell in json.loads(content)['cells']:
            assert cell['cell_type'] != 'code' or not re.search(r'^#\|', ''.join(cell['source']), re.M), (name, cell['source'])
    small = small_site(project, tmp_path/'small', '# T\n\n::: {.callout-note}\nx\n:::', '#| export\ny = 2')
    urls = lambda page: {p.relative_to(page.parent).as_posix() for p in page.parent.rglob('*.html')}
    ours = urls(site.build(small))
    theirs = urls(site.build(small, renderer='quarto'))
    assert theirs == ours - {'search.html', '404.html'}
    seen = json.loads((small/'_build'/'site'/'quarto'/'seen.json').read_text())
    assert seen['arguments'][0] == 'render' and {'_quarto.yml', 'index.ipynb', 'ledger.md', '_site/site.css'} <= set(seen['files'])
    staged = site.staged(small, renderer='quarto')
    assert b'favicon: _site/favicon.svg' in staged['_quarto.yml'] and '_site/favicon.svg' in staged
    assert b'nbdev' not in staged['_quarto.yml'] and b'.callout-note' in staged['index.ipynb']


def test_quarto_missing_old_or_failing_is_one_line(project, tmp_path, quarto, monkeypatch):
    small = small_site(project, tmp_path/'small')
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(Refusal, match='wanted Quarto 1.5 or newer, got none on the PATH'): site.build(small, renderer='quarto')
    quarto('1.4.550')
    with pytest.raises(Refusal, match='wanted Quarto 1.5 or newer, got 1.4.550'): site.build(small, renderer='quarto')
    quarto(fails=True)
    said = r'quarto render failed: ERROR: no such filter; its output is in .*quarto\.log'
    with pytest.raises(Refusal, match=said) as caught: site.build(small, renderer='quarto')
    assert '\n' not in str(caught.value) and not (small/'_docs').exists()


# In a real browser

@pytest.fixture(scope='session')
def browser():
    if CHROMIUM is None: pytest.fail('the site is tested in Chromium, and none is installed; apt-get install chromium', pytrace=False)
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox'])


@pytest.fixture(scope='session')
def address(docs):
    "The site on a port of this machine."
    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_): pass
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Silent, directory=str(docs))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()


@pytest.fixture
def visit(browser, address, docs):
    "visit(page, **context) opens a page; afterwards no page may have complained or asked anybody else."
    faults, contexts = [], []
    def open_page(page, base=None, **context):
        base = base or address
        contexts.append(browser.new_context(**context))
        tab = contexts[-1].new_page()
        tab.on('console', lambda message: faults.append(f'{page}: {message.text}') if message.type in ('error', 'warning') else None)
        tab.on('pageerror', lambda error: faults.append(f'{page}: {error}'))
        tab.on('request', lambda request: None if request.url.startswith((address, docs.as_uri(), 'data:')) else faults.append(f'{page} asks {request.url}'))
        tab.on('response', lambda response: faults.append(f'{response.status} {response.url}') if response.status >= 400 else None)
        tab.goto(f'{base}/{page}')
        return tab
    yield open_page
    for context in contexts: context.close()
    assert not faults, faults[:10]


def test_no_page_complains_asks_elsewhere_or_scrolls_sideways_on_a_phone(visit, address, pages):
    tab = visit('index.html', viewport=dict(width=390, height=844))
    for name in pages:
        assert tab.goto(f'{address}/{name}').ok
        assert tab.evaluate('document.documentElement.scrollWidth') <= 390, name


def test_pages_follow_the_system_into_the_dark_and_the_button_overrules_it(visit, pages):
    lesson = next(name for name in pages if '05_theme' in name)
    ground = "getComputedStyle(document.body).backgroundColor"
    paper = "getComputedStyle(document.querySelector('.mlc-svg path')).fill"
    light, dark = visit(lesson, color_scheme='light'), visit(lesson, color_scheme='dark')
    assert light.evaluate(ground) == light.evaluate(paper) != dark.evaluate(ground) == dark.evaluate(paper)
    light.locator('.theme-toggle:visible').first.click()
    assert light.evaluate(ground) == light.evaluate(paper) == dark.evaluate(ground)
    light.reload()
    assert light.evaluate(ground) == dark.evaluate(ground)


KINDS = 'index.html', '2_data/15_plots.html', 'ledger.html', 'folklore.html', 'map.html', 'api/data/plots.html', 'search.html', '404.html'


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_no_page_has_a_serious_accessibility_fault(visit, address, pages, scheme):
    "Every page in light; in dark one of each kind. Figures and coloured code, of which there is much, count on one page of each."
    from axe_playwright_python.sync_playwright import Axe
    axe, faults = Axe(), []
    tab = visit('index.html', color_scheme=scheme)
    for name in pages if scheme == 'light' else KINDS:
        tab.goto(f'{address}/{name}')
        left_out = {'exclude': [['.mlc-svg'], ['.highlight']]} if name != '2_data/15_plots.html' else None
        found = axe.run(tab, context=left_out, options={'resultTypes': ['violations']}).response['violations']
        faults += [f"{name}: {v['id']} {v['nodes'][0]['html'][:120]} ({len(v['nodes'])})" for v in found if v['impact'] in ('serious', 'critical')]
    assert not faults, '\n'.join(faults[:20])


def test_a_page_can_be_read_without_scripts_and_does_not_jump(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport=dict(width=1200, height=900))
    tab = context.new_page()
    tab.goto(f'{address}/2_data/15_plots.html')
    assert tab.locator('h1').is_visible() and tab.locator('.mlc-claim').count() and tab.locator('.mlc-predict').first.is_visible()
    context.close()
    context = browser.new_context(viewport=dict(width=1200, height=900))
    tab = context.new_page()
    watch = "new PerformanceObserver(l => l.getEntries().forEach(e => window.shift += e.value)).observe({type: 'layout-shift', buffered: true})"
    tab.add_init_script(f'window.shift = 0; {watch}')
    tab.goto(f'{address}/2_data/15_plots.html')
    tab.wait_for_timeout(500)
    assert tab.evaluate('window.shift') < .05
    context.close()


def test_a_prediction_is_answered_on_the_page_and_stays(visit):
    tab = visit('2_data/15_plots.html')
    box = tab.locator('.mlc-choices[data-claim="bank-slopes/default"]')
    guess = box.locator('button').nth(1)
    guess.click()
    words = guess.inner_text()
    tab.reload()
    assert box.locator('button[aria-pressed=true]').inner_text() == words
    assert tab.locator('#claim-bank-slopes-default .mlc-guess').inner_text() == f'your guess: {words}'


def test_hints_and_solution_are_folded_and_code_and_library_lead_to_each_other(visit):
    tab = visit('2_data/15_plots.html')
    folded = tab.locator('.mlc-solution-cell details')
    assert [text.split()[0] for text in folded.locator('summary').all_inner_texts()] == ['Hint', 'Hint', 'Hint', 'Show']
    assert not folded.last.locator('.highlight').is_visible()
    tab.locator('.mlc-label a', has_text='bank_slopes').first.click()
    assert tab.url.endswith('api/data/plots.html#bank-slopes')
    tab.locator('section#bank-slopes .mlc-facts a').first.click()
    assert '2_data/15_plots.html#cell-' in tab.url


def test_the_ledger_narrows_by_chapter_and_verdict_and_sorts_and_downloads(visit, docs):
    import csv
    tab = visit('ledger.html')
    rows = lambda: [row for row in tab.locator('.mlc-ledger tbody tr:not(.mlc-group)').all() if row.is_visible()]
    every = len(rows())
    tab.get_by_label('Chapter').select_option('Data')
    some = rows()
    assert 0 < len(some) < every and {row.get_attribute('data-chapter') for row in some} == {'Data'}
    tab.get_by_label('Chapter').select_option('')
    tab.get_by_label('Verdict').select_option('skipped')
    assert {row.get_attribute('data-verdict') for row in rows()} <= {'skipped'}
    tab.get_by_label('Verdict').select_option('')
    tab.get_by_label('by sentence').check()
    sentences = [row.locator('td a').first.inner_text() for row in rows()]
    alphabetical = tab.evaluate('texts => [...texts].sort(new Intl.Collator("en").compare)', sentences)  # Python sorts punctuation in another order
    assert len(sentences) == every and sentences == alphabetical and [t[0].casefold() for t in sentences] == sorted(t[0].casefold() for t in sentences)
    listed = list(csv.DictReader((docs/'files'/'ledger.csv').open()))
    assert [row['claim'] for row in listed] == [claim['id'] for claim in json.loads((docs/'files'/'ledger.json').read_text())]


def test_slash_goes_to_the_search(visit):
    tab = visit('ledger.html')
    tab.keyboard.press('/')
    tab.keyboard.type('sunspots')
    assert tab.evaluate('document.activeElement.value') == 'sunspots'


def test_home_shows_three_results_of_the_ledger_and_folklore_what_was_measured(pages, docs, visit):
    claims = {claim['statement']: claim['figures'] for claim in json.loads((docs/'files'/'ledger.json').read_text())}
    shown = visit('index.html').locator('.mlc-result').all_inner_texts()
    assert len(shown) == 3
    for text in shown: assert any(statement in text and figures in text for statement, figures in claims.items()), text
    folklore = visit('folklore.html')
    assert folklore.locator('h2').count() >= 6 and folklore.locator('.mlc-claim').count() >= 6


def test_machines_are_told_of_every_page(docs, pages):
    listed = (docs/'sitemap.xml').read_text()
    for name in pages:
        if name in ('search.html', '404.html'): continue
        assert f'/{name}</loc>' in listed, name
        card = re.search(r'content="https://[^"]*?/(files/cards/[^"]+)" property="og:image"', (docs/name).read_text())
        assert card and (docs/card[1]).stat().st_size > 1000, name
    assert '## Scoping' in (docs/'llms.txt').read_text()
    assert 'property="og:title"' in (docs/'2_data'/'15_plots.html').read_text() and 'There is no such page' in (docs/'404.html').read_text()


def test_pages_are_light(docs, pages):
    "Without pictures: as they are, and compressed, as a server sends them."
    import gzip
    weights = {}
    for name in pages:
        text = re.sub(r'<svg class="mlc-svg".*?</svg>|src="data:image[^"]*"', '', (docs/name).read_text(encoding='utf-8'), flags=re.S).encode()
        weights[name] = len(text), len(gzip.compress(text))
    assert {name: weight for name, weight in weights.items() if weight[0] > 350_000 or weight[1] > 75_000} == {}
    assert sorted(plain for plain, _ in weights.values())[int(.95*len(weights))] < 300_000  # all but the longest lessons


def test_what_is_saved_is_built_and_an_open_page_reloads(project, tmp_path, browser):
    import time
    small, said, stop = small_site(project, tmp_path), [], threading.Event()
    site.build(small)
    options = dict(say=said.append, running=lambda: not stop.is_set())
    server = threading.Thread(target=site.serve, args=(small, lambda: site.build(small)), kwargs=options, daemon=True)
    server.start()
    until = time.monotonic() + 60
    while not said: time.sleep(.05)
    address = said[0].split()[0]
    page = browser.new_page()
    page.goto(address)
    page.wait_for_timeout(1500)
    small_site(project, tmp_path, '# Title\n> a better question')
    page.locator('text=a better question').wait_for(timeout=30_000)
    small_site(project, tmp_path, '# Title\n\n[a](none.ipynb)')
    while not any('broken link' in line for line in said):
        assert time.monotonic() < until, said
        time.sleep(.1)
    assert page.goto(f'{address}none.html').status == 404
    page.close()
    stop.set()
    server.join(10)


PHRASES = {'banking to 45 degrees': '15_plots', 'gradient': '02_training_loop', 'retraining': '07_drift', 'checkpoint': '02_training_loop',
           'jit_compile': '05_compilers',
           'median_angle': 'plots', 'drawn_angles': 'plots', 'label noise': '00_readings', 'latency': '03_metrics', 'warm kernel': '10_kernels'}


@pytest.mark.parametrize('phrase', PHRASES)
def test_the_search_finds_a_phrase(visit, phrase):
    tab = visit('search.html?q=' + phrase.replace(' ', '+'))
    tab.wait_for_selector(f'ul.search li a[href*="{PHRASES[phrase]}"]')


@pytest.mark.parametrize('place', ['served', 'from disk'])
def test_the_search_finds_a_claim(visit, docs, place):
    tab = visit('search.html?q=standard+normal+draws', docs.as_uri() if place == 'from disk' else None)
    tab.wait_for_selector('ul.search li a[href*="02_ledger"]')


def test_a_link_to_a_folded_check_opens_it_and_the_filter_narrows_the_ledger(visit, docs):
    page = docs/'workbook'/'02_ledger.html'
    id = re.search(r'mlc-check" id="(cell-[^"]+)"', page.read_text())[1]
    assert visit(f'workbook/02_ledger.html#{id}').evaluate(f"document.getElementById('{id}').open")
    tab = visit('ledger.html')
    rows = "[...document.querySelectorAll('.mlc-ledger tbody tr')].filter(row => !row.hidden).length"
    every = tab.evaluate(rows)
    tab.fill('.mlc-filter input', 'standard normal draws')
    assert 1 <= tab.evaluate(rows) < every
