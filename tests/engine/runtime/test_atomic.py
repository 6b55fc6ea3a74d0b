from pathlib import Path
from threading import Thread

import pytest

from engine.runtime.atomic import partial_path, replacing, write_atomically


def test_a_file_keeps_its_content_and_no_other_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text("before")

    def fail(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_atomically(path, fail)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    write_atomically(path, lambda file: file.write(b"after"))
    assert path.read_text() == "after" and list(tmp_path.iterdir()) == [path]


def test_a_folder_appears_whole_and_what_a_killed_process_left_is_not_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    left = partial_path(folder)
    left.mkdir()
    (left / "old").touch()
    with replacing(folder) as unfinished:
        unfinished.mkdir()
        (unfinished / "new").touch()
        assert not folder.exists()
    assert [path.name for path in folder.iterdir()] == ["new"] and not left.exists()


def test_a_folder_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "store") as unfinished:
        unfinished.mkdir()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_two_threads_that_write_one_file_do_not_take_each_others(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    names: list[Path] = []
    with replacing(path, shared=True) as first:
        first.write_text("first")
        other = Thread(target=lambda: names.append(partial_path(path, shared=True)))
        other.start()
        other.join()
    assert names[0] != first and path.read_text() == "first"
