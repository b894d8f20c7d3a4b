"""How a document file changes hands: the new content takes its place and the old one is kept, in one step.

Whoever saves at the same moment loses nothing: what the exchange displaced can be looked at afterwards.
Every durable step passes `step`, by which a test can stop the program before and after it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dominocli import errors
from dominocli.directory.document_file import read_file, read_whole, write_file
from dominocli.directory.settings import STATE_FOLDER
from dominocli.directory.text import MAXIMUM_BYTES
from dominocli.directory.writer import WORTH_ONE_SYNC, open_folder, sync_file_system

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory
    from dominocli.directory.text import Fault

Step = Callable[[str], None]

SWAP_FOLDER = f"{STATE_FOLDER}/swap"
_PART, ASIDE = ".part", ".aside"
_NOREPLACE, _EXCHANGE = 1, 2


def no_step(name: str) -> None:
    """Let a durable step happen."""


class Files(Protocol):
    """The document files of one replica. `file` is `connections/NAME.toml`, `swap` the name of a swap file.

    Every change is one atomic step and answers whether it happened: False where the file was missing,
    or where another stood in its place.
    """

    def look(self) -> Directory:
        """Return the files as they are now; nothing is written."""
        ...

    def read(self, file: str) -> bytes | Fault | None:
        """Return a file's bytes, None where it is missing."""
        ...

    def prepare(self, swap: str, content: bytes) -> None:
        """Make a swap file with the new content, complete and durable."""
        ...

    def prepare_all(self, contents: Mapping[str, bytes]) -> None:
        """Make swap files with these contents, all complete and durable when it ends."""
        ...

    def exchange(self, file: str, swap: str) -> bool:
        """Let file and swap file change places."""
        ...

    def create(self, file: str, swap: str) -> bool:
        """Give a new file the content of the swap file, which stays."""
        ...

    def move(self, file: str, to: str) -> bool:
        """Rename a file to a path nobody holds."""
        ...

    def displace(self, file: str, swap: str) -> bool:
        """Take a file away; the swap file keeps it."""
        ...

    def swapped(self, swap: str) -> bytes | None:
        """Return the bytes of a swap file, None where there is none."""
        ...

    def leftovers(self) -> list[str]:
        """Return the names of all complete swap files, sorted; incomplete ones are removed.

        `NAME.aside` is a second name of a file that was to be exchanged with the swap file `NAME`, and was not.
        """
        ...

    def discard(self, swap: str) -> None:
        """Remove a swap file, if it is there."""
        ...

    def keep(self, swap: str) -> None:
        """Set a swap file apart for ever: it holds what nobody can record and nobody may lose."""
        ...

    def clear(self) -> None:
        """Make durable that swap files which were discarded are gone."""
        ...

    def sync(self) -> None:
        """Make every change so far durable."""
        ...

    def secure(self, files: Collection[str]) -> None:
        """Make durable what others did to these files, also that they are gone."""
        ...

    def close(self) -> None:
        """Give back what was opened."""
        ...


class DiskFiles:
    """The document files in a folder on disk."""

    def __init__(self, root: Path, step: Step = no_step) -> None:
        self.root = root
        self.step = step
        self._folders: dict[str, int] = {}

    def look(self) -> Directory:
        from dominocli.directory.reader import look

        return look(self.root, update_index=False)

    def read(self, file: str) -> bytes | Fault | None:
        return read_file(self.root, file)

    def prepare(self, swap: str, content: bytes) -> None:
        folder = self._folder(SWAP_FOLDER)
        self.step("prepare")
        try:
            write_file(folder, swap + _PART, content, durably=True)
        except OSError as error:
            raise _unwritable(f"{SWAP_FOLDER}/{swap}", error) from error
        self._name(folder, swap)

    def prepare_all(self, contents: Mapping[str, bytes]) -> None:
        if len(contents) < WORTH_ONE_SYNC:
            for swap, content in contents.items():
                self.prepare(swap, content)
            return
        folder = self._folder(SWAP_FOLDER)
        swap = ""
        try:
            for swap, content in contents.items():
                self.step("prepare")
                write_file(folder, swap + _PART, content, durably=False)
            sync_file_system(folder)
        except OSError as error:
            raise _unwritable(f"{SWAP_FOLDER}/{swap}", error) from error
        for swap in contents:
            self._name(folder, swap)

    def _name(self, folder: int, swap: str) -> None:
        """Let a swap file that is complete and durable take its name."""
        self.step("prepared")
        try:
            os.rename(swap + _PART, swap, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError as error:
            raise _unwritable(f"{SWAP_FOLDER}/{swap}", error) from error
        self.step("named")

    def exchange(self, file: str, swap: str) -> bool:
        folder, name = self._place(file)
        swaps = self._folder(SWAP_FOLDER)
        self.step("exchange")
        try:
            if not _renameat2(folder, name, swaps, swap, _EXCHANGE):
                self._exchange_by_links(folder, name, swaps, swap)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unwritable(file, error) from error
        self.step("exchanged")
        return True

    def _exchange_by_links(self, folder: int, name: str, swaps: int, swap: str) -> None:
        """Do without RENAME_EXCHANGE: the old file is linked aside first; who saves in between is overwritten."""
        # Were its name lost with the power and the other link not, the file would pass for replaced.
        os.fsync(swaps)
        aside = swap + ASIDE
        os.link(name, aside, src_dir_fd=folder, dst_dir_fd=swaps, follow_symlinks=False)
        self.step("aside")
        os.rename(swap, name, src_dir_fd=swaps, dst_dir_fd=folder)
        self.step("replaced")
        os.rename(aside, swap, src_dir_fd=swaps, dst_dir_fd=swaps)

    def create(self, file: str, swap: str) -> bool:
        folder, name = self._place(file)
        self.step("create")
        try:
            os.link(swap, name, src_dir_fd=self._folder(SWAP_FOLDER), dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            return False
        except OSError as error:
            raise _unwritable(file, error) from error
        self.step("created")
        return True

    def move(self, file: str, to: str) -> bool:
        folder, name = self._place(file)
        target, target_name = self._place(to)
        self.step("move")
        try:
            if not _renameat2(folder, name, target, target_name, _NOREPLACE):
                os.link(name, target_name, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)
                self.step("linked")
                os.fsync(target)  # were the new name lost with the power and the old one gone, so were the file
                os.unlink(name, dir_fd=folder)
        except (FileNotFoundError, FileExistsError):
            return False
        except OSError as error:
            raise _unwritable(file, error) from error
        self.step("moved")
        return True

    def displace(self, file: str, swap: str) -> bool:
        folder, name = self._place(file)
        self.step("displace")
        try:
            os.rename(name, swap, src_dir_fd=folder, dst_dir_fd=self._folder(SWAP_FOLDER))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unwritable(file, error) from error
        self.step("displaced")
        return True

    def swapped(self, swap: str) -> bytes | None:
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(f"{self.root}/{SWAP_FOLDER}/{swap}", flags)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=f"{SWAP_FOLDER}/{swap}", reason=error.strerror) from error
        try:
            size = os.fstat(descriptor).st_size
            return read_whole(descriptor, size, size + MAXIMUM_BYTES)
        finally:
            os.close(descriptor)

    def swap_names(self) -> set[str]:
        """Return the names of all complete swap files; nothing is changed."""
        names = self._all_swaps()
        swap_of = {name: name.removesuffix(ASIDE) for name in names if not name.endswith(_PART)}
        return {name if swap in names else swap for name, swap in swap_of.items()}

    def _all_swaps(self) -> set[str]:
        try:
            return set(os.listdir(f"{self.root}/{SWAP_FOLDER}"))
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=SWAP_FOLDER, reason=error.strerror) from error

    def leftovers(self) -> list[str]:
        names = self._all_swaps()
        for name in sorted(names):
            swap = name.removesuffix(ASIDE)
            if name.endswith(_PART):
                self.discard(name)
            elif swap not in names:
                folder = self._folder(SWAP_FOLDER)
                os.rename(name, swap, src_dir_fd=folder, dst_dir_fd=folder)
        return sorted(self.swap_names())

    def discard(self, swap: str) -> None:
        self.step("discard")
        try:
            os.unlink(swap, dir_fd=self._folder(SWAP_FOLDER))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unwritable(f"{SWAP_FOLDER}/{swap}", error) from error

    def keep(self, swap: str) -> None:
        folder = self._folder(SWAP_FOLDER)
        self.step("keep")
        try:
            os.rename(swap, f"{swap}.kept-{os.urandom(4).hex()}", src_dir_fd=folder, dst_dir_fd=folder)
        except FileNotFoundError:
            return

    def clear(self) -> None:
        self.step("clear")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(f"{self.root}/{SWAP_FOLDER}", flags)
        except FileNotFoundError:
            return
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise _unwritable(SWAP_FOLDER, error) from error
        finally:
            os.close(descriptor)
        self.step("cleared")

    def sync(self) -> None:
        self.step("sync")
        for folder, descriptor in self._folders.items():
            try:
                os.fsync(descriptor)
            except OSError as error:
                raise _unwritable(folder, error) from error
        self.step("synced")
        # A checkout may put another folder in the place of one: descriptors last for one round only.
        self.close()

    def secure(self, files: Collection[str]) -> None:
        if not files:
            return
        self.step("secure")
        names: dict[str, list[str]] = {}
        if len(files) >= WORTH_ONE_SYNC:
            names[""] = []
        else:
            for file in sorted(files):
                folder, _, name = file.partition("/")
                names.setdefault(folder, []).append(name)
        for folder in names:
            self._secure(folder, names[folder])
        self.step("secured")

    def _secure(self, folder: str, names: list[str]) -> None:
        """Make files of a folder durable and which there are; without a folder, all of the file system."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            opened = [os.open(f"{self.root}/{folder}", flags | os.O_DIRECTORY)]
        except FileNotFoundError:
            opened, names = [os.open(self.root, flags | os.O_DIRECTORY)], []
        try:
            for name in names:
                with suppress(FileNotFoundError):
                    opened.append(os.open(name, flags, dir_fd=opened[0]))
                    os.fsync(opened[-1])
                    os.close(opened.pop())
            if folder:
                os.fsync(opened[0])
            else:
                sync_file_system(opened[0])
        except OSError as error:
            raise _unwritable(folder, error) from error
        finally:
            for descriptor in opened:
                os.close(descriptor)

    def close(self) -> None:
        while self._folders:
            os.close(self._folders.popitem()[1])

    def _place(self, file: str) -> tuple[int, str]:
        folder, _, name = file.partition("/")
        return self._folder(folder), name

    def _folder(self, folder: str) -> int:
        if folder not in self._folders:
            try:
                self._folders[folder] = open_folder(self.root, folder)
            except OSError as error:
                raise _unwritable(folder, error) from error
        return self._folders[folder]


def _unwritable(path: str, error: OSError) -> errors.UnreadableFile:
    return errors.UnreadableFile(action="write", path=path, reason=error.strerror or str(error), file=path)


@cache
def _system_call() -> Callable[..., int] | None:
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    call.restype = ctypes.c_int
    renameat2: Callable[..., int] = call
    return renameat2


def _renameat2(folder: int, name: str, target: int, target_name: str, flags: int) -> bool:
    """Rename by the kernel's own call; return False where kernel or file system lack it, raise `OSError`."""
    call = _system_call()
    if call is None:
        return False
    import ctypes

    if call(folder, os.fsencode(name), target, os.fsencode(target_name), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), name)
