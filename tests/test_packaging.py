"""What is shipped: the wheel holds the package and the three content folders, under one name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pullwatch
from pullwatch.pack import assets, dashboards, rules

ROOT = Path(__file__).parent.parent
CONTENT = ("dashboards", "alerts", "runbooks")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this checkout, without network, and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_wheel_has_one_top_level_name(wheel: Path) -> None:
    """An installation adds the name pullwatch to Python's, and no other."""
    assert sorted(path.name for path in wheel.iterdir()) == ["pullwatch", f"pullwatch-{pullwatch.__version__}.dist-info"]


@pytest.mark.parametrize("folder", CONTENT)
def test_wheel_holds_the_content_folder(wheel: Path, folder: str) -> None:
    """Each content folder is in the wheel, file by file, as it is in the checkout."""
    expected = contents(ROOT / folder)

    assert expected
    assert contents(wheel / "pullwatch" / "_pack" / folder) == expected


def test_wheel_holds_the_package(wheel: Path) -> None:
    """Each file of the package is in the wheel: modules, templates, thresholds and the typing marker."""
    shipped = {name: content for name, content in contents(wheel / "pullwatch").items() if not name.startswith("_pack/")}

    assert shipped == contents(ROOT / "exporter" / "pullwatch")
    assert "py.typed" in shipped


def test_wheel_runs_without_the_checkout(wheel: Path) -> None:
    """The console script's function comes from the wheel alone."""
    script = (wheel / f"pullwatch-{pullwatch.__version__}.dist-info" / "entry_points.txt").read_text()
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    probe = "import pullwatch.cli; assert callable(pullwatch.cli.main); print(pullwatch.cli.__file__)"

    result = subprocess.run([sys.executable, "-c", probe], cwd=wheel, env=environment, check=True, capture_output=True, text=True)

    assert "pullwatch = pullwatch.cli:main" in script
    assert Path(result.stdout.strip()) == wheel / "pullwatch" / "cli.py"


def test_wheel_renders_the_dashboards(wheel: Path) -> None:
    """An installation with the extra `pack` renders the same files as the checkout."""
    program = "import sys; from pullwatch.pack import dashboards; sys.stdout.buffer.write(repr(dashboards.render()).encode())"
    environment = os.environ | {"PYTHONPATH": str(wheel)}

    made = subprocess.run([sys.executable, "-c", program], cwd=wheel, env=environment, check=True, capture_output=True)

    assert made.stdout == repr(dashboards.render()).encode()


def test_wheel_finds_its_content(wheel: Path) -> None:
    """Alerts are rendered and runbooks served from the wheel as from the checkout."""
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    probe = "from pullwatch.pack import assets, rules; print(assets.root()); print(*assets.runbooks()); print(rules.groups())"

    shipped = subprocess.run([sys.executable, "-c", probe], cwd=wheel, env=environment, check=True, capture_output=True, text=True)

    folder, names, groups = shipped.stdout.splitlines()
    assert Path(folder) == wheel / "pullwatch" / "_pack"
    assert names.split() == list(assets.runbooks())
    assert groups == str(rules.groups())


def test_source_holds_no_tests(tmp_path: Path) -> None:
    """Neither tests nor what they draw dashboards with is published."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    tops = {path.name for path in unpacked.iterdir()}

    assert {*CONTENT, "exporter"} < tops
    assert tops & {"tests", "docs", "bench", "build"} == set()


def contents(folder: Path) -> dict[str, bytes]:
    """Return what is in each file below a folder, by relative path, without what Python wrote there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
