"""The index is a cache: it spares reading, and never changes an answer."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dominocli.directory import index
from dominocli.directory.reader import REREADING_WORTH_AN_INDEX, Directory, look
from dominocli.documents.server import Server

Put = Callable[[str, str | bytes], Path]
MANY = REREADING_WORTH_AN_INDEX


def server(number: int) -> str:
    return f'unid = "{number + 1:032x}"\n[basics]\nserver_name = "S{number}/Acme"\n'


def fill(put: Put, count: int = MANY) -> None:
    for number in range(count):
        put(f"servers/s{number:03}.toml", server(number))


def age(root: Path) -> None:
    """Wait until a file changed before now has an older stamp than a file made now."""
    probe = root / ".dominocli" / "probe"
    newest = max((p.stat().st_ctime_ns for p in (root / "servers").iterdir()), default=0)
    while True:
        probe.write_bytes(b"")
        stamp = probe.stat().st_mtime_ns
        probe.unlink()
        if stamp > newest + 2 * index.CLOCK_TICK_NS:
            return
        time.sleep(0.005)


def answer(directory: Directory) -> tuple[object, ...]:
    servers = [(d.name, d.unid, d.values) for d in directory.documents(Server)]
    return servers, directory.faults(), sorted(directory.texts()), directory.fingerprint()


def indexed(root: Path, put: Put, count: int = MANY) -> None:
    fill(put, count)
    age(root)
    look(root)
    assert (root / ".dominocli/index").is_file()


def test_a_second_look_reads_no_unchanged_file_and_answers_the_same(root: Path, put: Put) -> None:
    fill(put)
    age(root)
    first = look(root)
    second = look(root)
    assert (first.files_read, second.files_read) == (MANY, 0)
    assert answer(first) == answer(second)


def test_only_what_changed_is_read_again(root: Path, put: Put) -> None:
    indexed(root, put)
    put("servers/s001.toml", server(1) + "# more\n")
    put("servers/new.toml", server(999))
    (root / "servers/s002.toml").unlink()
    (root / "servers/s003.toml").rename(root / "servers/moved.toml")
    seen = look(root)
    assert seen.files_read == 3
    shutil.rmtree(root / ".dominocli")
    assert answer(seen) == answer(look(root))


def test_an_edit_of_the_same_size_in_the_same_tick_is_seen(root: Path, put: Put) -> None:
    """The file's stat values do not change, but the index does not trust what is as new as itself."""
    fill(put)
    look(root)
    path = root / "servers/s001.toml"
    before = path.stat()
    with path.open("r+b") as file:
        file.write(server(1).replace("S1/", "T1/").encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    names = {d.server_name for d in look(root).documents(Server)}
    assert "T1/Acme" in names
    assert "S1/Acme" not in names


def test_stat_values_as_new_as_the_index_are_not_trusted(root: Path) -> None:
    stat = (1, 2, 3_000, 4_000)
    known = index.Known(stat, "ab" * 32, "cd" * 16, b"{}")
    old = root / ".dominocli/probe"
    old.write_bytes(b"")
    index.save(root, [("servers/a.toml", known)], 0.0)
    cache = index.load(root)
    assert cache is not None
    assert cache.known("servers/a.toml", stat) == known
    assert cache.known("servers/a.toml", (1, 2, 3_000, 4_001)) is None
    assert cache.known("servers/b.toml", stat) is None
    for newer in ((1, 2, cache.stamp_ns, 0), (1, 2, 0, cache.stamp_ns)):
        index.save(root, [("servers/a.toml", known._replace(stat=newer))], 0.0)
        cache_of_newer = index.load(root)
        assert cache_of_newer is not None
        cache_of_newer.stamp_ns = cache.stamp_ns
        assert cache_of_newer.known("servers/a.toml", newer) is None
    index.save(root, [("servers/a.toml", known)], 3600.0)
    earlier = index.load(root)
    assert earlier is not None
    assert cache.stamp_ns - earlier.stamp_ns > 3_000 * 10**9


def test_an_index_of_nothing_is_an_index(root: Path) -> None:
    index.save(root, [], 0.0)
    cache = index.load(root)
    assert cache is not None
    assert cache.names == []


def test_a_damaged_index_is_no_index_at_whatever_byte(root: Path, put: Put) -> None:
    indexed(root, put)
    path = root / ".dominocli/index"
    intact = path.read_bytes()
    assert index.load(root) is not None
    for position in range(len(intact)):
        for flipped in (intact[position] ^ 1, intact[position] ^ 0x80):
            damaged = intact[:position] + bytes((flipped,)) + intact[position + 1 :]
            with pytest.raises(ValueError, match=r"index|not multiple"):
                index.Index(damaged)


def test_a_torn_index_is_no_index_at_whatever_length(root: Path, put: Put) -> None:
    indexed(root, put)
    path = root / ".dominocli/index"
    intact = path.read_bytes()
    for length in range(len(intact)):
        with pytest.raises(ValueError, match=r"index|unpack|multiple"):
            index.Index(intact[:length])
    with pytest.raises(ValueError, match="index"):
        index.Index(intact + b"\0")


@pytest.mark.parametrize("content", [b"", b"x", b"dominocli index 2\n", os.urandom(5000)])
def test_a_look_with_a_damaged_index_answers_as_without_one_and_mends_it(root: Path, put: Put, content: bytes) -> None:
    fill(put)
    age(root)
    expected = answer(look(root))
    (root / ".dominocli/index").write_bytes(content)
    again = look(root)
    assert again.files_read == MANY
    assert answer(again) == expected
    assert index.load(root) is not None


def test_an_index_is_written_only_where_it_spares_much_reading(root: Path, put: Put) -> None:
    fill(put, MANY - 1)
    assert look(root).files_read == MANY - 1
    assert index.load(root) is None
    put("servers/one-more.toml", server(MANY))
    look(root, update_index=False)
    assert index.load(root) is None
    look(root)
    assert index.load(root) is not None


def test_a_dry_look_leaves_an_old_index_as_it_is(root: Path, put: Put) -> None:
    indexed(root, put)
    before = (root / ".dominocli/index").read_bytes()
    for number in range(MANY):
        put(f"groups/{number}.toml", "")
    look(root, update_index=False)
    assert (root / ".dominocli/index").read_bytes() == before
    look(root)
    assert (root / ".dominocli/index").read_bytes() != before


def test_what_the_index_cannot_hold_is_read_each_time(root: Path, put: Put) -> None:
    fill(put)
    put("servers/broken.toml", "broken")
    put("servers/zero.toml", f'unid = "{"0" * 32}"\n')
    put("servers/dated.toml", "[basics]\nserver_name = 2026-11-24\n")
    put("servers/number.toml", '[basics]\nserver_title = "T"\nx = [inf, 1e3, 99999999999999999999]\n')
    age(root)
    first = look(root)
    second = look(root)
    assert second.files_read == 3
    assert answer(first) == answer(second)


def test_no_temporary_file_stays_and_a_folder_in_its_place_does_no_harm(root: Path, put: Put) -> None:
    indexed(root, put)
    assert [p.name for p in (root / ".dominocli").iterdir()] == ["index"]
    (root / ".dominocli/index").unlink()
    (root / ".dominocli/index").mkdir()
    look(root)
    assert [p.name for p in (root / ".dominocli").iterdir()] == ["index"]


def test_a_link_in_place_of_the_temporary_file_is_not_followed(root: Path, put: Put, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (root / f".dominocli/index.{os.getpid()}").symlink_to(victim)
    fill(put)
    look(root)
    assert victim.read_text() == "kept"
    assert index.load(root) is None
