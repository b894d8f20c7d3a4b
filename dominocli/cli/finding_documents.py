"""Finding the document a command line names."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from dominocli import errors
from dominocli.cli.session import Session
from dominocli.documents import FOLDERS, form_of
from dominocli.names import common_name, document_name_problem, name_key

if TYPE_CHECKING:
    from dominocli.documents.document import Document

NAME_FIELDS = {"servers": "server_name", "groups": "group_name", "configurations": "applies_to"}


def find_document(session: Session, folder: str, name: str) -> Document:
    """Return the document of a form that `name` means: its name, with or without folder, or for servers,
    groups and configurations any form of what it is called. Raises `DocumentNotFound`, `DocumentUnusable`."""
    from dominocli.directory.reader import read_document
    from dominocli.directory.text import Fault

    form = form_of(folder)
    bare = name.removeprefix(f"{folder}/").removesuffix(".toml")
    if document_name_problem(bare) is None:
        read = read_document(session.root, f"{folder}/{bare}")
        if isinstance(read, Fault):
            raise errors.DocumentUnusable(
                document=f"{folder}/{bare}", reason=read.message, file=f"{folder}/{bare}.toml", line=read.line
            )
        if read is not None:
            return read
    key = NAME_FIELDS.get(folder)
    if key:
        documents = session.directory.documents(form)
        meant = [d for d in documents if name_key(d.get(key)) == name_key(name)]
        if not meant and folder == "servers":
            by_common_name = [d for d in documents if name_key(common_name(d.get(key))) == name_key(name)]
            meant = by_common_name if len(by_common_name) == 1 else []
        if meant:
            return meant[0]
    raise not_found(session, folder, name)


def find_anywhere(session: Session, name: str) -> Document:
    """Return the document `connections/NAME` or the only one called NAME; raise where there is none or several."""
    folder, slash, bare = name.partition("/")
    if slash and folder in FOLDERS:
        return find_document(session, folder, bare)
    matches: list[Document] = []
    for one in FOLDERS:
        try:
            matches.append(find_document(session, one, name))
        except errors.DocumentNotFound:
            continue
    if len(matches) > 1:
        raise errors.DocumentAmbiguous(name=name, choices=", ".join(d.path for d in matches))
    if not matches:
        raise not_found(session, "", name)
    return matches[0]


def not_found(session: Session, folder: str, name: str) -> errors.DocumentNotFound:
    """Return the error for a name nothing has, with the nearest names there are."""
    import difflib

    folders = [folder] if folder else FOLDERS
    names = [d.name if folder else d.path for one in folders for d in session.directory.documents(form_of(one))]
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    what = f"{form_of(folder).form} document" if folder else "document"
    suggestion = "did you mean " + " or ".join(close) + "?" if close else _list_command(folder)
    return errors.DocumentNotFound(what=what, name=name, suggestion=suggestion)


def _list_command(folder: str) -> str:
    return f"dominocli {form_of(folder).noun} list shows them" if folder else "give FORM-FOLDER/NAME"


def refuse_taken_name(session: Session, folder: str, name: str) -> None:
    """Raise where `name` cannot be a new document's: no file name, or taken but for the case."""
    if problem := document_name_problem(name):
        raise errors.UsageError(reason=f"{name!r} cannot be a document's name: {problem}", hint="give another --name")
    for file in session.directory.files:
        taken_folder, _, taken = file.removesuffix(".toml").partition("/")
        if taken_folder == folder and taken.casefold() == name.casefold() and taken != name:
            raise errors.UsageError(reason=f"{name} differs from {taken} only by case", hint="give another --name")


def is_regular_file(session: Session, file: str) -> bool:
    """Tell whether a document file of that name is there, readable or not."""
    try:
        return stat.S_ISREG((session.root / file).lstat().st_mode)
    except FileNotFoundError:
        return False
