"""The index is a cache: it spares reading, and never changes an answer."""

import os
import shutil
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from dominocli.directory import index, reader, stat_values
from dominocli.directory.index_sections import unchanged_values
from dominocli.directory.reader import REREADING_WORTH_AN_INDEX, Directory, keep, look
from dominocli.directory.view import fingerprint
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
        if stamp > newest + 2 * stat_values.CLOCK_TICK_NS:
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


def changed(root: Path, put: Put) -> bytes:
    """Let the index of a hundred files have a few changes beside it, and return the index."""
    indexed(root, put, 100)
    before = (root / index.INDEX_FILE).read_bytes()
    for number in (7, 9):
        put(f"servers/s{number:03}.toml", server(number).replace('"S', '"T'))
    age(root)
    assert keep(look(root)) and keep(look(root))
    assert (root / index.INDEX_FILE).read_bytes() == before
    return before


def test_few_changes_are_written_beside_the_index_and_spare_as_much(root: Path, put: Put) -> None:
    changed(root, put)
    assert (root / index.CHANGES_FILE).stat().st_size < 1000
    found = index.load(root)
    assert found is not None and found.identity != found.written
    seen = look(root)
    assert seen.files_read == 0 and seen.base == found.identity and not seen.changed
    assert [s.name for s in seen.servers_named("T9/Acme")] == ["s009"] and not seen.servers_named("S9/Acme")
    assert dict(unchanged_values(str(root), "servers", ["s007.toml"]))["s007.toml"].count(b"T7/Acme") == 1
    shutil.rmtree(root / ".dominocli")
    assert answer(seen) == answer(look(root))


def test_changes_that_are_damaged_or_torn_or_of_another_index_cost_a_reading_only(root: Path, put: Put) -> None:
    changed(root, put)
    path, expected = root / index.CHANGES_FILE, answer(look(root))
    intact = path.read_bytes()
    torn = [intact[:length] for length in range(0, len(intact), 7)]
    damaged = [intact[:at] + bytes([intact[at] ^ 1]) + intact[at + 1 :] for at in range(0, len(intact), 5)]
    for content in (*torn, *damaged, intact + b"\0"):
        path.write_bytes(content)
        seen = look(root, update_index=False)
        assert seen.files_read == 2 and seen.base == seen.files.columns.written
        assert answer(seen) == expected
    path.write_bytes(intact)
    (root / index.INDEX_FILE).unlink()
    assert look(root, worth=0).files_read == 100
    assert look(root, update_index=False).files_read == 0 and path.read_bytes() == intact


def test_an_index_is_written_anew_where_names_come_or_many_rows_change(root: Path, put: Put) -> None:
    before = changed(root, put)
    put("servers/new.toml", server(200))
    age(root)
    assert keep(look(root))
    grown = (root / index.INDEX_FILE).read_bytes()
    assert grown != before
    for number in range(10):
        put(f"servers/s{number:03}.toml", server(number) + "# more\n")
    age(root)
    assert keep(look(root))
    assert (root / index.INDEX_FILE).read_bytes() != grown
    assert look(root).files_read == 0


def stat_of(root: Path, number: int) -> tuple[int, ...]:
    """Return the stat values of a server in an index that has changes beside it."""
    found = index.load(root)
    assert found is not None and found.identity != found.written
    return found.columns().stat(found.names().index(f"servers/s{number:03}.toml"))


def test_an_edit_in_the_same_tick_is_not_trusted_in_changes_either(root: Path, put: Put) -> None:
    indexed(root, put, 100)
    before = (root / index.INDEX_FILE).read_bytes()
    put("servers/s007.toml", server(7).replace('"S', '"T'))
    assert keep(look(root)) and (root / index.INDEX_FILE).read_bytes() == before
    assert stat_of(root, 7) == index.UNTRUSTED != stat_of(root, 8)


def test_changes_trust_late_stat_values_of_the_late_files_alone(root: Path, put: Put) -> None:
    indexed(root, put, 100)
    for number in (50, 60):
        put(f"servers/s{number:03}.toml", server(number).replace('"S', '"T'))
    seen = look(root)
    age(root)
    assert keep(seen, late=["servers/s000.toml", "servers/s060.toml"])
    assert stat_of(root, 50) == index.UNTRUSTED != stat_of(root, 60)


def test_an_index_notes_how_it_differs_from_an_earlier_one(
    root: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(root, put)
    first = look(root)
    assert first.origin and first.differing == {"servers/s007.toml", "servers/s009.toml"}
    put("servers/new.toml", server(200))
    (root / "servers/s003.toml").unlink()
    age(root)
    keep(look(root))
    second = look(root)
    assert second.origin == first.origin and second.base != first.base
    assert second.differing == {*first.differing, "servers/new.toml", "servers/s003.toml"}
    assert keep(second, is_origin=True) == look(root).origin == look(root).base
    assert not look(root).differing
    monkeypatch.setattr(reader, "MOST_DIFFERING", 1)
    for number in (1, 2):
        put(f"servers/s{number:03}.toml", server(number) + "# more\n")
    age(root)
    third = keep(look(root))
    assert look(root).origin == third and not look(root).differing


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


def test_what_changed_at_the_look_is_not_trusted_however_long_the_index_takes(
    root: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(put, 1)
    age(root)
    directory = look(root, update_index=False)
    passed, clock, fingerprint_of = [0.0], time.monotonic, Directory.fingerprint

    def slowly(of: Directory) -> str:
        passed[0] += 3600
        return fingerprint_of(of)

    monkeypatch.setattr("dominocli.directory.reader.time.monotonic", lambda: clock() + passed[0])
    monkeypatch.setattr(Directory, "fingerprint", slowly)
    keep(directory)
    found = index.load(root)
    assert found is not None
    assert found.columns().stat(0) == index.UNTRUSTED
    assert not any(found.columns().folders)


def saved(root: Path, stats: list[tuple[int, int, int, int]], seconds_since_look: float = 0.0) -> index.Index:
    columns = index.Columns.blank([f"servers/{number}.toml" for number in range(len(stats))])
    columns.stats = array("q", [word for values in stats for word in values])
    index.save(root, columns, {}, seconds_since_look, generation="", fingerprint="ab", replica_id="cd")
    found = index.load(root)
    assert found is not None
    return found


def test_stat_values_as_new_as_the_index_are_not_trusted(root: Path) -> None:
    old = (1, 2, 3_000, 4_000)
    now = time.time_ns()
    later = now + 10**12
    found = saved(root, [old, (1, 2, later, 0), (1, 2, 0, later), old])
    assert [found.columns().stat(row) for row in range(4)] == [old, index.UNTRUSTED, index.UNTRUSTED, old]
    minute_old = (1, 2, now - 60 * 10**9, 0)
    assert saved(root, [minute_old]).columns().stat(0) == minute_old
    assert saved(root, [minute_old], 3600.0).columns().stat(0) == index.UNTRUSTED


def test_rows_with_other_stat_values_are_found_wherever_they_are(root: Path) -> None:
    count = 1000
    columns = index.Columns.blank([f"servers/{number:04}.toml" for number in range(count)])
    columns.stats = array("q", range(4 * count))
    assert columns.rows_with_other_stats(array("q", range(4 * count))) == []
    for row in (0, 1, 255, 256, 511, 999):
        for word in range(4):
            stats = array("q", range(4 * count))
            stats[4 * row + word] += 1 << 40
            assert columns.rows_with_other_stats(stats) == [row]


def test_columns_keep_each_files_row_when_files_come_and_go() -> None:
    seed = 20261124
    random = Random(seed)
    for _ in range(200):
        before, after = (sorted(f"servers/{n:02}.toml" for n in range(30) if random.random() < 0.7) for _ in "ab")
        columns = index.Columns.blank(before)
        for row, name in enumerate(before):
            byte = int(name[8:10]) + 1
            columns.stats[4 * row : 4 * row + 4] = array("q", [byte] * 4)
            columns.places[3 * row : 3 * row + 3] = array("q", [byte] * 3)
            columns.digests[32 * row : 32 * row + 32] = bytes([byte] * 32)
            columns.unids[16 * row : 16 * row + 16] = bytes([byte] * 16)
            columns.flags[row] = byte
        aligned = columns.aligned(after)
        for row, name in enumerate(after):
            byte = int(name[8:10]) + 1 if name in before else 0
            held = (aligned.stat(row), aligned.place(row), aligned.digest(row), aligned.unid(row), aligned.flags[row])
            unid = bytes([byte] * 16).hex() if byte else ""
            expected = ((byte,) * 4, (byte,) * 3, bytes([byte] * 32).hex(), unid, byte)
            assert held == expected, f"seed {seed}: {name} of {before} in {after}"


def test_an_index_of_nothing_is_an_index(root: Path) -> None:
    assert saved(root, []).names() == []


def test_a_damaged_value_is_read_from_its_file_again(root: Path, put: Put) -> None:
    indexed(root, put, MANY)
    path = root / ".dominocli/index.values"
    intact = path.read_bytes()
    expected = answer(look(root))
    for position in range(0, len(intact), 97):
        path.write_bytes(intact[:position] + bytes((intact[position] ^ 1,)) + intact[position + 1 :])
        seen = look(root)
        assert (seen.files_read, answer(seen)) == (0, expected)
    path.unlink()
    assert answer(look(root)) == expected


def test_the_values_of_another_index_are_not_read(root: Path, put: Put, tmp_path: Path) -> None:
    indexed(root, put)
    before = (root / ".dominocli/index.values").read_bytes()
    (root / ".dominocli/index").unlink()
    expected = answer(look(root))
    (root / ".dominocli/index.values").write_bytes(before)
    assert answer(look(root)) == expected


def test_values_grow_by_what_changed_and_are_made_anew_when_half_is_waste(
    root: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dominocli.directory.values._WASTE_ALLOWED", 0)
    fill(put, 2 * MANY)
    age(root)
    look(root, worth=1)
    sizes = [(root / ".dominocli/index.values").stat().st_size]
    for turn in range(6):
        for number in range(MANY):
            put(f"servers/s{number:03}.toml", server(number) + "#" * (turn + 1) + "\n")
        age(root)
        seen = look(root, worth=1)
        assert seen.files_read == MANY
        sizes.append((root / ".dominocli/index.values").stat().st_size)
    assert sizes[1] > sizes[0]
    assert max(sizes) <= 2 * sizes[0]
    again = look(root)
    assert again.files_read == 0
    held = answer(again)
    shutil.rmtree(root / ".dominocli")
    assert held == answer(look(root))


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


@pytest.mark.parametrize("content", [b"", b"x", b"dominocli index 3\n", os.urandom(5000)])
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
        put(f"groups/{number}.toml", "[basics]\n")
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
    assert sorted(p.name for p in (root / ".dominocli").iterdir()) == ["index", "index.values"]
    (root / ".dominocli/index").unlink()
    (root / ".dominocli/index").mkdir()
    look(root)
    assert sorted(p.name for p in (root / ".dominocli").iterdir()) == ["index", "index.values"]


def test_a_link_in_place_of_the_temporary_file_is_not_followed(root: Path, put: Put, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (root / f".dominocli/index.{os.getpid()}").symlink_to(victim)
    fill(put)
    look(root)
    assert victim.read_text() == "kept"
    assert index.load(root) is None


def test_the_fingerprint_is_that_of_the_texts_whatever_was_asked_before(root: Path, put: Put) -> None:
    fill(put, 3)
    seen = []
    for text in (server(0), server(0) + "# x\n", "broken", "[basics]\n", server(7), server(0)):
        put("servers/s000.toml", text)
        directory = look(root)
        seen.append(directory.fingerprint())
        assert directory.fingerprint() == fingerprint(directory.texts())
        other = directory.files.fingerprint("other")
        assert other == fingerprint(directory.files.texts("other"))
    assert seen[0] == seen[-1]
    assert len(set(seen)) == 5


@pytest.mark.parametrize("name", ["a\nb", "zz\nq"])
def test_a_file_whose_name_holds_a_line_end_confuses_no_index(root: Path, put: Put, name: str) -> None:
    fill(put)
    look(root, worth=1)
    put(f"servers/{name}.toml", server(MANY))
    look(root, worth=1)
    put("servers/a.toml", server(MANY + 1))
    for _ in range(2):
        seen = look(root, worth=1)
        assert [document.name for document in seen.documents(Server)] == ["a", *(f"s{n:03}" for n in range(MANY))]
        assert [finding.file for finding in seen.faults()] == [f"servers/{name}.toml"]


def test_names_come_and_go_only_with_the_folder_they_are_in(
    root: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FOLDER_STEP_NS", 0)
    indexed(root, put)
    assert look(root).names_read == 0
    put("servers/s999.toml", server(999))
    found = look(root)
    assert found.names_read == MANY + 1
    assert found.changed == {"servers/s999.toml"}
    (root / "servers/s000.toml").unlink()
    assert look(root).gone == {"servers/s000.toml"}
    (root / "servers/s001.toml").rename(root / "servers/s998.toml")
    assert look(root).gone == {"servers/s000.toml", "servers/s001.toml"}


def test_names_that_came_within_the_step_of_a_coarse_clock_are_read_again(root: Path, put: Put) -> None:
    indexed(root, put)
    assert look(root).names_read == MANY


def test_names_are_read_again_where_a_file_system_does_not_stamp_folders(
    root: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FOLDER_STEP_NS", 0)
    fill(put)
    age(root)
    real = Path.stat
    as_it_was = real(root / ".dominocli")
    monkeypatch.setattr(Path, "stat", lambda path: as_it_was if path.name == ".dominocli" else real(path))
    look(root)
    assert look(root).names_read == MANY
