"""The rendered folder: all or nothing, and nobody else's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pullwatch.pack import folder


def contents(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_it_writes_a_folder_and_replaces_it(tmp_path: Path) -> None:
    """The second time stands in the place of the first, and nothing is left beside it."""
    out = tmp_path / "a" / "pack"

    folder.write(out, {"rules/x.yaml": b"1", "rules/y.yaml": b"1"})
    folder.write(out, {"rules/x.yaml": b"2", "rules/y.yaml": b"2"})

    assert contents(tmp_path) == {"a/pack/rules/x.yaml": b"2", "a/pack/rules/y.yaml": b"2"}
    assert [path.name for path in out.parent.iterdir()] == ["pack"]


@pytest.mark.parametrize("foreign", ["notes.txt", "rules/mine.yaml", "rules/.hidden"])
def test_it_refuses_a_folder_with_other_files(foreign: str, tmp_path: Path) -> None:
    """The line names the file, which stays as it is."""
    (tmp_path / "rules").mkdir()
    (tmp_path / foreign).write_bytes(b"mine")

    with pytest.raises(folder.ForeignFilesError, match=f"holds {foreign}, which is not written here"):
        folder.write(tmp_path, {"rules/x.yaml": b"1"})

    assert contents(tmp_path) == {foreign: b"mine"}


def test_it_refuses_a_link_in_place_of_a_file(tmp_path: Path) -> None:
    """What a link leads to is not ours, whatever its name is."""
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.yaml").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(folder.ForeignFilesError, match=r"holds x\.yaml"):
        folder.write(tmp_path / "out", {"x.yaml": b"1"})

    assert (tmp_path / "elsewhere").read_bytes() == b"mine"


def test_it_refuses_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """A file of that name is not thrown away."""
    (tmp_path / "out").write_bytes(b"mine")

    with pytest.raises(folder.ForeignFilesError, match="is a file: name a folder"):
        folder.write(tmp_path / "out", {"x.yaml": b"1"})


@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize("failing", ["write_bytes", "rename"])
def test_a_failure_changes_nothing(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there_before: bool) -> None:
    """A full disk in the middle leaves what was there, and no rest of what was begun."""
    out = tmp_path / "out"
    if there_before:
        folder.write(out, {"x.yaml": b"1", "y.yaml": b"1"})
    before = contents(tmp_path)
    real = getattr(Path, failing)

    def full(path: Path, *arguments: object) -> object:
        # Of the renames the one that puts the fresh folder in place, of the writes the second.
        if path.name in {"y.yaml", "new"}:
            raise OSError(28, "No space left on device", str(path))
        return real(path, *arguments)

    monkeypatch.setattr(Path, failing, full)

    with pytest.raises(OSError, match="No space left"):
        folder.write(out, {"x.yaml": b"2", "y.yaml": b"2"})

    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if there_before else [])


def test_it_refuses_the_folder_that_the_user_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell there would see nothing afterwards; one beside it sees the files."""
    (tmp_path / "out" / "rules").mkdir(parents=True)

    for inside in (tmp_path / "out", tmp_path / "out" / "rules"):
        monkeypatch.chdir(inside)
        with pytest.raises(folder.ForeignFilesError, match="is where you are, and would be replaced: name a folder below it"):
            folder.write(tmp_path / "out", {"rules/x.yaml": b"1"})

    monkeypatch.chdir(tmp_path)
    folder.write(Path("out"), {"rules/x.yaml": b"1"})
    assert contents(tmp_path) == {"out/rules/x.yaml": b"1"}
