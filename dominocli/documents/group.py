"""The Group document (domino.md 2.8)."""

from __future__ import annotations

from dominocli.documents.document import ADMINISTRATION, Document, slug
from dominocli.documents.field import Keyword, Tab
from dominocli.documents.kinds import Choice, NameList, ServerName

BASICS = Tab("basics", "Basics")


class Group(Document):
    """A Group document: servers (or persons) under one name; members may be groups again."""

    form = "Group"
    folder = "groups"
    noun = "group"
    tabs = (BASICS, ADMINISTRATION)

    group_name = ServerName(
        "Group name", tab=BASICS, required=True, help="the name other documents use", item="ListName"
    )
    group_type = Choice(
        "Group type",
        tab=BASICS,
        keywords=(
            Keyword("Servers only", "servers"),
            Keyword("Multi-purpose", "multi-purpose"),
            Keyword("Mail only", "mail"),
            Keyword("Access Control List only", "acl"),
            Keyword("Deny List only", "deny"),
        ),
        default="Servers only",
        help="what the group is for",
        item="GroupType",
    )
    members = NameList("Members", tab=BASICS, help="servers and groups", item="Members")

    def default_name(self, domain: str) -> str:
        return slug(self.group_name)
