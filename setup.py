"Package metadata, all of it read from settings.ini; nbdev's pyproject.toml declares these fields dynamic."
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

root = Path(__file__).parent
parser = ConfigParser(delimiters=['='])
parser.read(root/'settings.ini', encoding='utf-8')
cfg = parser['DEFAULT']
extras = {name.removeprefix('extra_'): cfg[name].split() for name in cfg if name.startswith('extra_')}
extras['course'] = sorted({requirement for names in extras.values() for requirement in names})
extras['dev'] = cfg['dev_requirements'].split()
readme = root/'README.md'

setup(
    name=cfg['lib_name'],
    version=cfg['version'],
    description=cfg['description'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else '',
    long_description_content_type='text/markdown',
    author=cfg['author'],
    author_email=cfg['author_email'],
    url=cfg['git_url'],
    license='Apache-2.0',
    keywords=cfg['keywords'],
    classifiers=['Development Status :: 3 - Alpha', 'Intended Audience :: Developers', 'Natural Language :: English',
                 'Programming Language :: Python :: 3.11'],
    python_requires=f">={cfg['min_python']}",
    packages=find_packages(include=['mlcourse', 'mlcourse.*']),
    install_requires=cfg['requirements'].split(),
    extras_require=extras,
    entry_points={'console_scripts': cfg['console_scripts'].split(),
                  'jupyter_client.kernel_provisioners': ['mlcourse-warm = mlcourse.workbook.kernels:WarmProvisioner']},
    include_package_data=True,
    zip_safe=False,
)
