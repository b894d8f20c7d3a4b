"""What each rule means, for `dominocli help rule ID`: a sentence, a paragraph, and the assumption it rests on.

The third text names the assumption (`dominocli help assumptions`) where no public source settles the fact.
"""

from __future__ import annotations

EXPLANATIONS: dict[str, tuple[str, str] | tuple[str, str, str]] = {
    "source-server-unknown": (
        "The source server of a Connection has no usable Server document.",
        "The Router calculates with the servers it has documents of. A Connection whose source is none of them is "
        "left out. Correct the name, or add the Server document. Where the name stands for several servers, or is "
        "the other half of a link that another domain's directory holds, this is information only: such a document "
        "is meant for replication, or for that domain.",
        "groups-in-source",
    ),
    "source-server-other-domain": (
        "The source server of a Connection belongs to another Notes domain.",
        "Each domain's directory says how its own servers send. A Connection that starts at a server of another "
        "domain is that domain's business and gives our servers no way. Check Source domain, and the Domain name of "
        "the Server document.",
    ),
    "destination-server-other-domain": (
        "The destination server of a Connection is a server of another domain than its Destination domain.",
        "A Connection leads to a server and into its domain. Where the two do not belong together, mail would be "
        "handed to a server that does not take it for its own. Correct Destination domain, or the Domain name of the "
        "Server document.",
    ),
    "source-server-without-smtp": (
        "The source server of an SMTP Connection does not have SMTP Mail Routing among its Routing tasks.",
        "Only a server that runs the SMTP task can hand mail to the Internet, so the Router throws such a Connection "
        "away without a word. Add SMTP Mail Routing to the Routing tasks of the Server document, or name another "
        "source server.",
    ),
    "source-server-smtp-outside-disabled": (
        "The Configuration of an SMTP Connection's source server does not let it send outside by SMTP.",
        "Exactly one Configuration document applies to a server: its own, else its group's, else the default. If that "
        "one leaves SMTP outside the local Internet domain at Disabled (its default), the server keeps Internet mail "
        "to itself, and here the Connection is not used.",
        "outside-smtp-at-source",
    ),
    "destination-server-blank": (
        "An SMTP Connection has no destination server.",
        "Mail never goes to the server named there, but a blank field makes the whole document void. Any unique word "
        "will do as long as no server bears it, for example all_internal_hosts.",
    ),
    "destination-server-is-a-server": (
        "The placeholder of an SMTP Connection is the name of a real server or cluster.",
        "The destination server of an SMTP Connection is a word that stands for the hosts outside. Taken from a real "
        "server, it makes that server look reachable by this document, and mail for it may go astray. Full names, "
        "common names, clusters, and servers that only other Connections mention are compared.",
    ),
    "destination-server-shared": (
        "Two SMTP Connections for different virtual domains share one placeholder.",
        "The placeholder tells one way out from another. Give each virtual domain a word of its own, so that nobody "
        "has to guess which document a queue belongs to.",
    ),
    "destination-server-is-a-group": (
        "The destination of a mail Connection is a group or a cluster.",
        "Replication can address several servers at once; mail goes to one. Routing leaves the document out. Name a "
        "single server if mail is to take this way.",
    ),
    "destination-domain-unknown": (
        "No Foreign SMTP Domain document sends mail to the destination domain of an SMTP Connection.",
        "A Foreign SMTP Domain document and an SMTP Connection are linked by one word: Domain name there, Destination "
        "domain here. Without a partner the Connection gets no mail by the recipient's Internet address. Often the "
        "two are spelled differently, or the pattern was written where the virtual domain belongs.",
    ),
    "virtual-domain-unconnected": (
        "A Foreign SMTP Domain document sends mail to a domain that no Connection leads to.",
        "Mail for the pattern is given to the domain, and there it stops. Add an SMTP Connection with this "
        "Destination domain. If the domain is a real one, a Connection between Notes servers or a Non-adjacent or "
        "Foreign Domain document that leads there is enough.",
    ),
    "virtual-domain-is-real": (
        "A virtual domain is also our own domain, a server, or reached by two kinds of Connection.",
        "Sending Internet mail on to a real neighbouring domain is allowed. But mail for our own domain would be "
        "taken for local, a server's name is no domain, and a domain with both an SMTP and a Notes Connection has two "
        "meanings. Choose a fictitious word.",
        "real-before-virtual",
    ),
    "dial-up-record-missing": (
        "An SMTP Connection is to be dialled, but names no connection record.",
        "Connect via Dial-up connection needs the Network Dialup document that says whom to call and how. Choose one "
        "with dominocli connection records, or set Connect via to Direct connection.",
    ),
    "dial-up-record-not-found": (
        "The connection record of an SMTP Connection does not exist.",
        "Records are referred to by the name of their document. It may have been deleted, or its file renamed by "
        "hand: dominocli connection rename --cascade takes those who refer to it along.",
    ),
    "dial-up-record-wrong-type": (
        "The connection record of an SMTP Connection is no Network Dialup document.",
        "Only a Network Dialup document has the service, the number and the login that raise a line. Choose another "
        "record.",
    ),
    "dial-up-record-of-neither-end": (
        "The connection record neither starts nor ends at the source server of the SMTP Connection.",
        "A record that starts at the source server is the line mail leaves by; one that ends there is the line the "
        "other servers reach it by. A record between two other servers serves neither purpose.",
        "dial-up-direction",
    ),
    "dial-up-record-on-direct": (
        "A connection record is named, but the Connection is not dialled.",
        "Domino's form hides the record unless Connect via is Dial-up connection, so what stands there has no effect "
        "and misleads the next reader. Clear it, or set Connect via to Dial-up connection.",
    ),
    "pattern-duplicate": (
        "Two Foreign SMTP Domain documents send one pattern to different domains.",
        "Which of them the Router would follow is not said anywhere. Here the first by file name counts and the other "
        "is not used; decide for one.",
        "pattern-specificity",
    ),
    "pattern-redundant": (
        "Two Foreign SMTP Domain documents send one pattern to the same domain.",
        "The second changes nothing. Delete it, so that a later edit of the one is not undone by the other.",
    ),
    "domain-route-redundant": (
        "A second Non-adjacent or Foreign Domain document leads on for one domain.",
        "One of them gives the next domain or the gateway: a Non-adjacent one before a Foreign one, and of two alike "
        "the first by file name. The other gives no way, only its Allow and Deny lists count. Delete it, or give it "
        "another domain.",
    ),
    "pattern-without-dot": (
        "A Foreign SMTP Domain pattern has neither a dot nor a *.",
        "A domain without a dot is a Notes domain and never compared with patterns, so no address meets this one. Most "
        "often the virtual domain was written where the pattern belongs: Internet domain holds the pattern of the "
        "addresses, Domain name the virtual domain they are sent to.",
    ),
    "pattern-shadowed": (
        "A Foreign SMTP Domain pattern lies wholly inside the local Internet domain.",
        "Addresses in the domains of a Global Domain document are ours: they are looked up here and never sent out "
        "by a pattern. The document takes effect only if the Global Domain document gives these domains up.",
    ),
    "server-duplicate": (
        "Two Server documents have the same server name.",
        "A server has one document. Here the first by file name counts and the others are not used; which one a "
        "Domino server would read is left to chance.",
    ),
    "pull-pull-with-cluster": (
        "A Pull-Pull replication has a cluster as its destination.",
        "Pull-Pull asks the far server to do its own pull. A cluster name stands for several servers, none of which "
        "would. Choose Pull-Push, or name one server.",
    ),
    "schedule-empty": (
        "A schedule is enabled without any time.",
        "The Connection would never call. Give Connect at times, or disable the schedule to say that this is meant.",
    ),
    "schedule-never": (
        "A schedule is enabled without any day of the week.",
        "The times never come, so the Connection never calls. Give Days of week, or disable the schedule.",
        "days-default",
    ),
    "configuration-ambiguous": (
        "Two Configuration documents of one rank apply to the same server.",
        "A server follows one document as a whole: its own, else the one of its group, else the default. Two of one "
        "rank leave open which. Here the first by file name counts; give the server a document of its own, or narrow "
        "the groups.",
    ),
    "group-loop": (
        "Groups hold each other in a circle, or are nested too deep.",
        "A group may hold groups, up to twenty levels. A circle has no end, and what lies deeper is not seen, so a "
        "Configuration for the group may miss servers.",
    ),
    "control-character": (
        "A value holds a control character or a line break.",
        "Such characters would act on terminals, tables and the files of other programs. No field of a document needs "
        "one; delete it.",
    ),
    "relay-host-invalid": (
        "A relay or smart host is no host.",
        "Write a host name (one word from the hosts file is fine), an IPv4 or IPv6 address, or an address in "
        "brackets. Ports, lists and addresses of persons do not belong here.",
    ),
    "value-missing": (
        "A required field is blank.",
        "The form cannot work without it. Which fields are required depends on the others, for example on the "
        "Connection type or the Routing task.",
    ),
    "value-invalid": (
        "A value is outside what its field accepts.",
        "It is of the wrong type, out of range, or none of the keywords the form offers. The hint names what is "
        "accepted; a file takes Domino's keywords, flags take the short words too.",
    ),
    "pattern-invalid": (
        "An Internet domain or pattern cannot be read.",
        "A pattern is a domain, *.domain for everything below it, *ending, *.* for any domain with a dot, or *. An "
        "alternate domain of a Global Domain document takes *. only before a whole domain.",
        "pattern-specificity",
    ),
    "domain-name-invalid": (
        "A Notes domain name has a form that no Notes domain has.",
        "Notes domains have no dot, no blank and at most 31 characters. A value with a dot is mostly an Internet "
        "domain in the wrong field.",
    ),
    "time-zone-invalid": (
        "The time zone of a server is not known.",
        "All times of a server's Connections are read in its zone. Write an IANA name such as Europe/Berlin; blank "
        "means the zone of this machine.",
    ),
    "syntax": (
        "A file cannot be read as a document.",
        "It is no TOML, holds merge markers, is over 1 MiB or nested deeper than 8, or is a link or no regular file. "
        "Only this document is out of use until the file is mended; it is never overwritten or taken for deleted.",
    ),
    "unid-duplicate": (
        "Two files have the same unid.",
        "The unid says which document a file is, so replication sees one document in two places, mostly after a file "
        "was copied by hand. Take the unid line out of the copy; dominocli connection copy does that by itself.",
    ),
    "path-clash": (
        "Two files have paths that differ only in case or in how letters are composed.",
        "They can lie side by side here, but not in a replica on a file system that takes them for one. Rename one.",
    ),
    "second-pull-connection": (
        "A second enabled Connection of one source pulls mail from the same destination.",
        "The Router uses one pull-type document for a destination and ignores the rest. Delete one, or make it push.",
        "router-types",
    ),
    "connection-delays-network": (
        "A Connection between two servers of one Notes named network makes mail wait.",
        "Within a network mail goes at once and needs no document. An enabled mail Connection restricts the pair to "
        "its schedule instead. If it is there for replication, set the Routing task to -None-; where it does "
        "replicate, this is information only.",
        "restricting-direction",
    ),
    "connection-without-pair": (
        "Mail gets to a server of our domain, but nothing leads back.",
        "A Connection works one way. From its far end there is no route to its source at all, over any servers, so "
        "replies and failure reports stay there. Add a Connection for the way back.",
    ),
    "replication-scheduled-twice": (
        "Both sides of a pair schedule the same replication.",
        "Times, files and direction of the two Connections overlap, so the servers do the work twice and may meet in "
        "the middle of it. One side is enough: Pull-Push moves changes both ways.",
    ),
    "unknown-key": (
        "A file has a key the form does not know.",
        "Mostly a slip of the pen, or a field in the table of another tab. The key is kept at every rewrite and does "
        "nothing. Items an import kept lie in [notes_items] and are not meant.",
    ),
    "domain-case-differs": (
        "One Notes domain is spelled with different capitals.",
        "Here they are one domain. Nobody could verify that Domino agrees at every place, so write it alike.",
        "domain-case",
    ),
    "server-without-replica": (
        "A Server document does not say where the server's replica of the directory is.",
        "Each server calculates its routes from its own replica. Without the Replica field replicate cannot bring "
        "changes there, and recalc cannot calculate for it. It is a path, or an ssh or CouchDB address.",
    ),
    "conflict-unresolved": (
        "A conflict document waits for a decision.",
        "Two replicas changed the same field, or one deleted what another edited. The winner is in use; the other "
        "version is kept beside it and routes nothing. Look at both with dominocli conflicts show, then resolve.",
    ),
    "schedule-disabled": (
        "The schedule of a Connection is disabled.",
        "The document is kept and carries no traffic. dominocli connection enable puts it back into use.",
    ),
    "routing-task-none": (
        "The Routing task of a Connection is -None-.",
        "It routes no mail. That is as it should be for a Connection that only replicates.",
    ),
    "name-not-hierarchical": (
        "A server of our domain has a flat name.",
        "Servers since Notes 3 carry their organisation, as in Hub01/Acme. A flat name is mostly the common name "
        "alone, and meets no Server document. Placeholders, groups, clusters and servers of other domains are exempt.",
    ),
    "value-unknown": (
        "An import did not find some fields of a document.",
        "Unknown is not off: routing assumes Domino's usual value, and for a task that it runs, and names that "
        "wherever it decided a route. Look the fields up and enter them.",
        "value-unknown",
    ),
    "source-server-without-dns": (
        "The source server of an SMTP Connection has neither a relay host nor DNS.",
        "Its Configuration allows only the local hosts file, and no relay host is named in it or in the Connection. "
        "Mail for a domain that the hosts file does not list cannot leave.",
        "relay-lookup",
    ),
    "global-domain-changed": (
        "A Global Domain document changed.",
        "Domino reads these documents when a server starts; neither a recalculation nor a restart of the Router is "
        "enough. Our own tables follow at once, so until the servers are restarted the two may differ.",
    ),
}
"""Rule id to (sentence, paragraph[, assumption])."""
