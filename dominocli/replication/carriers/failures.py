"""What carriers to other machines meet, one class each, as in `errors`."""

from __future__ import annotations

from dominocli import errors


class InvalidLocation(errors.DominoError):
    """A URL that cannot be a server's Replica."""

    code = "invalid-replica"
    exit_code = errors.ExitCode.PARTLY
    template = "{location} cannot be a server's Replica: {reason}"
    hint_template = "ssh://user@host[:port]/path or couchdb+https://host[:port]/database"


class NotVerified(errors.AccessRefused):
    """A URL that nobody has confirmed on this machine: a replicated document alone opens no connection."""

    code = "not-verified"
    template = "{location} was not confirmed on this machine"
    hint_template = "look at it, then: dominocli replica verify SERVER"


class CredentialsRefused(errors.AccessRefused):
    """A CouchDB that does not take the user name and password, or wants some."""

    code = "credentials-refused"
    template = "{location} does not take the credentials: {reason}"
    hint_template = "set DOMINOCLI_COUCHDB_USER and DOMINOCLI_COUCHDB_PASSWORD, or add the host to netrc"


class NoRight(errors.AccessRefused):
    """A CouchDB that knows the user and gives no right to this."""

    code = "no-right"
    template = "{location} does not allow this: {reason}"
    hint_template = "a CouchDB administrator gives users the roles that dominocli couchdb init shows"


class TlsFailed(errors.ReplicaUnreachable):
    """No trust in the other side's certificate, or no common version of TLS."""

    code = "tls"
    template = "{location}: no secure connection: {reason}"
    hint_template = "name the authority that signed its certificate: SSL_CERT_FILE=FILE"


class ProtocolFault(errors.ReplicaUnreachable):
    """An answer, or a question, that no replica would send."""

    code = "protocol"
    template = "{location} does not speak as a replica does: {reason}"


class MessageTooLong(ProtocolFault):
    """A message beyond the limit; it was not read."""

    code = "message-too-long"
    template = "{location}: a message is longer than {limit} bytes"
