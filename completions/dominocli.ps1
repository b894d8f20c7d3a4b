# PowerShell completion for dominocli, written by `dominocli completion powershell`. Run it in the profile. Commands,
# flags and keywords stand in it; only the names of documents and servers are asked for, by `dominocli __complete`.
# Those names are text of unknown origin: nothing evaluates them.

Register-ArgumentCompleter -Native -CommandName dominocli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Keywords: what to type, what it stands for.
    $keywords = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
    $keywords['color'] = @(
        , @('auto', 'auto')
        , @('always', 'always')
        , @('never', 'never')
    )
    $keywords['connection_type'] = @(
        , @('smtp', 'SMTP')
        , @('lan', 'Local Area Network')
        , @('network-dialup', 'Network Dialup')
        , @('passthru', 'Passthru Server')
    )
    $keywords['connect_via'] = @(
        , @('direct', 'Direct connection')
        , @('dial-up', 'Dial-up connection')
    )
    $keywords['usage_priority'] = @(
        , @('normal', 'Normal')
        , @('low', 'Low')
    )
    $keywords['service_type'] = @(
        , @('microsoft-dun', 'Microsoft DUN')
        , @('macintosh-ppp', 'Macintosh PPP')
        , @('command', 'Command')
    )
    $keywords['replication_task'] = @(
        , @('enabled', 'Enabled')
        , @('disabled', 'Disabled')
    )
    $keywords['replicate_databases_of'] = @(
        , @('low', 'Low & Medium & High')
        , @('medium', 'Medium & High')
        , @('high', 'High')
    )
    $keywords['replication_type'] = @(
        , @('pull-push', 'Pull-Push')
        , @('pull-pull', 'Pull-Pull')
        , @('push-only', 'Push-only')
        , @('pull-only', 'Pull-only')
    )
    $keywords['routing_task'] = @(
        , @('mail-routing', 'Mail Routing')
        , @('none', '-None-')
    )
    $keywords['router_type'] = @(
        , @('push-only', 'Push Only')
        , @('pull-only', 'Pull Only')
        , @('pull-push', 'Pull Push')
        , @('push-wait', 'Push Wait')
    )
    $keywords['days_of_week'] = @(
        , @('Sun', 'Sun')
        , @('Mon', 'Mon')
        , @('Tue', 'Tue')
        , @('Wed', 'Wed')
        , @('Thu', 'Thu')
        , @('Fri', 'Fri')
        , @('Sat', 'Sat')
    )
    $keywords['domain_type'] = @(
        , @('foreign-smtp', 'Foreign SMTP Domain')
        , @('foreign', 'Foreign Domain')
        , @('adjacent', 'Adjacent Domain')
        , @('non-adjacent', 'Non-adjacent Domain')
        , @('global', 'Global Domain')
    )
    $keywords['use_as_default'] = @(
        , @('yes', 'Yes')
        , @('no', 'No')
    )
    $keywords['routing_tasks'] = @(
        , @('mail', 'Mail Routing')
        , @('smtp', 'SMTP Mail Routing')
    )
    $keywords['smtp_inside'] = @(
        , @('disabled', 'Disabled')
        , @('mime', 'MIME messages only')
        , @('all', 'All messages')
    )
    $keywords['smtp_reachable'] = @(
        , @('always', 'Always')
        , @('same-network', 'Only if in same Notes named network')
    )
    $keywords['host_name_lookup'] = @(
        , @('both', 'Dynamic then local')
        , @('dns', 'Dynamic lookup only')
        , @('hosts', 'Local lookup only')
    )
    $keywords['group_type'] = @(
        , @('servers', 'Servers only')
        , @('multi-purpose', 'Multi-purpose')
        , @('mail', 'Mail only')
        , @('acl', 'Access Control List only')
        , @('deny', 'Deny List only')
    )
    $keywords['format'] = @(
        , @('text', 'text')
        , @('json', 'json')
        , @('github', 'github')
        , @('sarif', 'sarif')
    )
    $keywords['router'] = @(
        , @('router', 'router')
    )
    $keywords['update'] = @(
        , @('update', 'update')
    )
    $keywords['config'] = @(
        , @('config', 'config')
    )
    $keywords['priority'] = @(
        , @('high', 'high')
        , @('normal', 'normal')
        , @('low', 'low')
    )
    $keywords['message_type'] = @(
        , @('mime', 'mime')
        , @('notes', 'notes')
    )
    $keywords['route_show_format'] = @(
        , @('text', 'text')
        , @('tsv', 'tsv')
        , @('json', 'json')
    )
    $keywords['keep'] = @(
        , @('main', 'main')
        , @('conflict', 'conflict')
        , @('edit', 'edit')
    )
    $keywords['form'] = @(
        , @('connection', 'connection')
        , @('domain', 'domain')
        , @('server', 'server')
        , @('configuration', 'configuration')
        , @('group', 'group')
    )
    $keywords['shell'] = @(
        , @('bash', 'bash')
        , @('zsh', 'zsh')
        , @('fish', 'fish')
        , @('powershell', 'powershell')
    )
    $keywords['topic'] = @(
        , @('exit-codes', 'exit-codes')
        , @('environment', 'environment')
        , @('files', 'files')
        , @('assumptions', 'assumptions')
        , @('rule', 'rule')
    )
    $keywords['rule'] = @(
        , @('configuration-ambiguous', 'configuration-ambiguous')
        , @('conflict-unresolved', 'conflict-unresolved')
        , @('connection-delays-network', 'connection-delays-network')
        , @('connection-without-pair', 'connection-without-pair')
        , @('control-character', 'control-character')
        , @('destination-domain-unknown', 'destination-domain-unknown')
        , @('destination-server-blank', 'destination-server-blank')
        , @('destination-server-is-a-group', 'destination-server-is-a-group')
        , @('destination-server-is-a-server', 'destination-server-is-a-server')
        , @('destination-server-other-domain', 'destination-server-other-domain')
        , @('destination-server-shared', 'destination-server-shared')
        , @('dial-up-record-missing', 'dial-up-record-missing')
        , @('dial-up-record-not-found', 'dial-up-record-not-found')
        , @('dial-up-record-of-neither-end', 'dial-up-record-of-neither-end')
        , @('dial-up-record-on-direct', 'dial-up-record-on-direct')
        , @('dial-up-record-wrong-type', 'dial-up-record-wrong-type')
        , @('domain-case-differs', 'domain-case-differs')
        , @('domain-name-invalid', 'domain-name-invalid')
        , @('domain-route-redundant', 'domain-route-redundant')
        , @('global-domain-changed', 'global-domain-changed')
        , @('group-loop', 'group-loop')
        , @('name-not-hierarchical', 'name-not-hierarchical')
        , @('path-clash', 'path-clash')
        , @('pattern-duplicate', 'pattern-duplicate')
        , @('pattern-invalid', 'pattern-invalid')
        , @('pattern-redundant', 'pattern-redundant')
        , @('pattern-shadowed', 'pattern-shadowed')
        , @('pattern-without-dot', 'pattern-without-dot')
        , @('pull-pull-with-cluster', 'pull-pull-with-cluster')
        , @('relay-host-invalid', 'relay-host-invalid')
        , @('replication-scheduled-twice', 'replication-scheduled-twice')
        , @('routing-task-none', 'routing-task-none')
        , @('schedule-disabled', 'schedule-disabled')
        , @('schedule-empty', 'schedule-empty')
        , @('schedule-never', 'schedule-never')
        , @('second-pull-connection', 'second-pull-connection')
        , @('server-duplicate', 'server-duplicate')
        , @('server-without-replica', 'server-without-replica')
        , @('source-server-other-domain', 'source-server-other-domain')
        , @('source-server-smtp-outside-disabled', 'source-server-smtp-outside-disabled')
        , @('source-server-unknown', 'source-server-unknown')
        , @('source-server-without-dns', 'source-server-without-dns')
        , @('source-server-without-smtp', 'source-server-without-smtp')
        , @('syntax', 'syntax')
        , @('time-zone-invalid', 'time-zone-invalid')
        , @('unid-duplicate', 'unid-duplicate')
        , @('unknown-key', 'unknown-key')
        , @('value-invalid', 'value-invalid')
        , @('value-missing', 'value-missing')
        , @('value-unknown', 'value-unknown')
        , @('virtual-domain-is-real', 'virtual-domain-is-real')
        , @('virtual-domain-unconnected', 'virtual-domain-unconnected')
    )

    # Sets of flags: flag, kind of its value, help.
    $sets = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
    $sets['help'] = @(
        , @('--help', '', 'Show the help.')
        , @('-h', '', 'Show the help.')
    )
    $sets['program'] = @(
        , @('--version', '', 'Show the version.')
    )
    $sets['common'] = @(
        , @('--json', '', 'Write one JSON envelope.')
        , @('--dry-run', '', 'Show what would be done, change nothing.')
        , @('--no-input', '', 'Never ask.')
        , @('--yes', '', 'Take every confirmation as given.')
        , @('-y', '', 'Take every confirmation as given.')
        , @('--quiet', '', 'Write only data and errors.')
        , @('-q', '', 'Write only data and errors.')
        , @('--verbose', '', 'Write more.')
        , @('-v', '', 'Write more.')
        , @('--debug', '', 'Show the traceback of a bug.')
        , @('--directory', 'folder', 'Where the directory is.')
        , @('--color', '@color', 'auto, always or never.')
        , @('--detailed-exitcode', '', 'Exit 4 where changes are pending.')
    )
    $sets['init'] = @(
        , @('--domain', 'nothing', 'The Notes domain.')
        , @('--server', 'server', 'Whose replica the folder is.')
        , @('--title', 'nothing', 'What the directory is called.')
    )
    $sets['connection'] = @(
        , @('--connection-type', '@connection_type', 'how the two ends reach each other')
        , @('--source-server', 'server', 'the server that opens the connection')
        , @('--source-domain', 'nothing', 'the Notes domain of the source server')
        , @('--connect-via', '@connect_via', 'a network that is always there, or a line that is raised first')
        , @('--dial-using-connection-record', 'connections', 'the Network Dialup Connection document of the line')
        , @('--destination-server', 'server', 'the server at the far end; for SMTP a placeholder that is no server''s name')
        , @('--destination-domain', 'nothing', 'for SMTP the virtual domain of a Foreign SMTP Domain document; else the far Notes domain')
        , @('--smtp-mta-relay-host', 'nothing', 'the host all this mail is handed to; blank: the Configuration''s relay host, else DNS')
        , @('--use-ports', 'nothing', 'the Notes ports the connection may use')
        , @('--usage-priority', '@usage_priority', 'which document a server tries first to reach another; it changes no cost')
        , @('--optional-network-address', 'nothing', 'the address of the destination server, where its name alone is not enough')
        , @('--passthru-server', 'server', 'the server in between that passes the connection on')
        , @('--service-type', '@service_type', 'what raises the line; Command names a dialer profile of the machine that dials')
        , @('--dial-up-networking-name', 'nothing', 'the entry of the dialer; for Command: the dialer profile in the local configuration')
        , @('--login-name', 'nothing', 'the account at the far end; the password stays with the local dialer')
        , @('--phone-number', 'nothing', 'the number to dial')
        , @('--area-code', 'nothing', 'the area code of the number')
        , @('--country-code', 'nothing', 'the country code of the number')
        , @('--dial-back-phone-number', 'nothing', 'the number the far end calls back')
        , @('--replication-task', '@replication_task', 'whether this connection replicates databases')
        , @('--replicate-databases-of', '@replicate_databases_of', 'the replication priorities that take part')
        , @('--replication-type', '@replication_type', 'who sends what to whom when the two servers replicate')
        , @('--files-to-replicate', 'nothing', 'files and folders, no wildcards; blank means all')
        , @('--replication-time-limit', 'nothing', 'minutes a replication may take; blank means no limit')
        , @('--routing-task', '@routing_task', 'whether this connection routes mail; one task carries NRPC and SMTP')
        , @('--route-at-once-if', 'nothing', 'so many pending messages open the connection whatever the schedule says')
        , @('--routing-cost', 'nothing', 'the cost of this link; the Router takes the least total')
        , @('--router-type', '@router_type', 'which of the two servers sends when the connection is open')
        , @('--schedule', '@replication_task', 'disabled: the document carries no traffic at all')
        , @('--connect-at-times', 'nothing', 'a time, a list of times, or ranges; local to the source server')
        , @('--repeat-interval', 'nothing', 'minutes between two calls inside a range')
        , @('--days-of-week', '@days_of_week', 'the days the connection is opened, like Mon-Fri')
        , @('--comments', 'nothing', 'a note; it routes nothing')
        , @('--owners', 'server', 'who owns the document')
        , @('--administrators', 'server', 'who may change the document')
    )
    $sets['connection add'] = @(
        , @('--name', 'nothing', 'The document''s name; else made from its values.')
        , @('--from', 'file', 'Read one TOML document, - for standard input.')
        , @('--replace', '', 'Replace a document of that name.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask even if nothing is missing.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['connection list'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
    )
    $sets['connection edit'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask every field.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['connection copy'] = @(
        , @('--strict', '', 'Refuse to save with findings.')
    )
    $sets['connection rename'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['connection delete'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['domain'] = @(
        , @('--domain-type', '@domain_type', 'what the document says about a domain')
        , @('--internet-domain', 'nothing', 'messages addressed to this pattern: *.*, *.acme.com, acme.com')
        , @('--domain-name', 'nothing', 'should be routed to this next-hop (virtual) domain')
        , @('--internet-host', 'nothing', 'old; leave it blank')
        , @('--foreign-domain-name', 'nothing', 'the domain a gateway serves (fax, pager)')
        , @('--gateway-server-name', 'server', 'the server that runs the gateway')
        , @('--gateway-mail-file-name', 'nothing', 'the gateway''s mail file')
        , @('--adjacent-domain-name', 'nothing', 'the neighbouring domain the restrictions are for; it makes no path by itself')
        , @('--mail-sent-to-domain', 'nothing', 'the domain further away')
        , @('--route-through-domain', 'nothing', 'the domain in between')
        , @('--global-domain-name', 'nothing', 'a name for this group of domains')
        , @('--use-as-default', '@use_as_default', 'whether this one counts where several fit')
        , @('--domino-domains', 'nothing', 'the Notes domains that are members')
        , @('--local-primary-internet-domain', 'nothing', 'the Internet domain of our own addresses')
        , @('--alternate-internet-domain-aliases', 'nothing', 'further Internet domains of ours; *. before a whole subdomain')
        , @('--allow-from-domains', 'nothing', 'the previous hop''s domain must be one of these; blank allows all')
        , @('--deny-from-domains', 'nothing', 'the previous hop''s domain must be none of these')
        , @('--comments', 'nothing', 'a note; it routes nothing')
        , @('--owners', 'server', 'who owns the document')
        , @('--administrators', 'server', 'who may change the document')
    )
    $sets['domain add'] = @(
        , @('--name', 'nothing', 'The document''s name; else made from its values.')
        , @('--from', 'file', 'Read one TOML document, - for standard input.')
        , @('--replace', '', 'Replace a document of that name.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask even if nothing is missing.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['domain list'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
    )
    $sets['domain edit'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask every field.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['domain copy'] = @(
        , @('--strict', '', 'Refuse to save with findings.')
    )
    $sets['domain rename'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['domain delete'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['server'] = @(
        , @('--server-name', 'nothing', 'the hierarchical name, Hub01/Acme')
        , @('--server-title', 'nothing', 'what the server is for')
        , @('--domain-name', 'nothing', 'the Notes domain of the server; blank: the domain of this directory')
        , @('--cluster-name', 'nothing', 'the cluster the server is in')
        , @('--fully-qualified-internet-host-name', 'nothing', 'the server''s name in DNS')
        , @('--routing-tasks', '@routing_tasks', 'Mail Routing, and SMTP Mail Routing where the server speaks SMTP')
        , @('--smtp-listener-task', '@replication_task', 'whether the server accepts mail by SMTP')
        , @('--time-zone', 'nothing', 'IANA zone of all schedule times of this server; blank: this machine''s')
        , @('--replica', 'folder', 'where this server''s replica of the directory is: an absolute path or a URL')
        , @('--port', 'nothing', 'NAME=NETWORK[,address][,disabled], once for each port')
        , @('--ports', 'nothing', 'NAME=NETWORK[,address][,disabled], once for each port')
        , @('--comments', 'nothing', 'a note; it routes nothing')
        , @('--owners', 'server', 'who owns the document')
        , @('--administrators', 'server', 'who may change the document')
    )
    $sets['server add'] = @(
        , @('--name', 'nothing', 'The document''s name; else made from its values.')
        , @('--from', 'file', 'Read one TOML document, - for standard input.')
        , @('--replace', '', 'Replace a document of that name.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask even if nothing is missing.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
        , @('--notes-network', 'nothing', 'The Notes network of port TCPIP.')
    )
    $sets['server list'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
    )
    $sets['server edit'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask every field.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['server copy'] = @(
        , @('--strict', '', 'Refuse to save with findings.')
    )
    $sets['server rename'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['server delete'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['configuration'] = @(
        , @('--applies-to', 'server', '* for all servers, a group, or one server')
        , @('--number-of-mailboxes', 'nothing', 'mailboxes of the Router')
        , @('--smtp-outside', '@replication_task', 'whether the server sends mail to the Internet by SMTP itself')
        , @('--smtp-inside', '@smtp_inside', 'which messages go by SMTP between our own servers')
        , @('--smtp-reachable', '@smtp_reachable', 'which of our servers SMTP reaches')
        , @('--relay-host', 'nothing', 'the host mail to the Internet is handed to; blank: DNS or the hosts file')
        , @('--smart-host', 'nothing', 'the host for local addresses nobody here has')
        , @('--smart-host-for-all', '@replication_task', 'whether the smart host gets every local address')
        , @('--host-name-lookup', '@host_name_lookup', 'whether hosts are found by DNS (dynamic), the hosts file (local), or both')
        , @('--maximum-hop-count', 'nothing', 'hops after which mail is returned')
        , @('--low-priority-range', 'nothing', 'when low priority mail is routed')
        , @('--initial-retry-interval', 'nothing', 'minutes until a failed transfer is tried again')
        , @('--expired-message-purge-interval', 'nothing', 'minutes between two purges of expired messages')
        , @('--ignore-message-priority', '@replication_task', 'treat every message as of normal priority')
        , @('--dynamic-cost-reset-interval', 'nothing', 'minutes until a connection that failed has its own cost again')
        , @('--comments', 'nothing', 'a note; it routes nothing')
        , @('--owners', 'server', 'who owns the document')
        , @('--administrators', 'server', 'who may change the document')
    )
    $sets['configuration add'] = @(
        , @('--name', 'nothing', 'The document''s name; else made from its values.')
        , @('--from', 'file', 'Read one TOML document, - for standard input.')
        , @('--replace', '', 'Replace a document of that name.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask even if nothing is missing.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['configuration list'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
    )
    $sets['configuration edit'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask every field.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['configuration copy'] = @(
        , @('--strict', '', 'Refuse to save with findings.')
    )
    $sets['configuration rename'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['configuration delete'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['group'] = @(
        , @('--group-name', 'nothing', 'the name other documents use')
        , @('--group-type', '@group_type', 'what the group is for')
        , @('--members', 'server', 'servers and groups')
        , @('--comments', 'nothing', 'a note; it routes nothing')
        , @('--owners', 'server', 'who owns the document')
        , @('--administrators', 'server', 'who may change the document')
    )
    $sets['group add'] = @(
        , @('--name', 'nothing', 'The document''s name; else made from its values.')
        , @('--from', 'file', 'Read one TOML document, - for standard input.')
        , @('--replace', '', 'Replace a document of that name.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask even if nothing is missing.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['group list'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
    )
    $sets['group edit'] = @(
        , @('--filter', 'nothing', 'Only where the field matches; * and ? are wildcards.')
        , @('--strict', '', 'Refuse to save with findings.')
        , @('--wizard', '', 'Ask every field.')
        , @('--legacy', '', 'Allow types only servers before 8.5 know.')
    )
    $sets['group copy'] = @(
        , @('--strict', '', 'Refuse to save with findings.')
    )
    $sets['group rename'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['group delete'] = @(
        , @('--cascade', '', 'Follow in the documents that refer to it.')
    )
    $sets['replica create'] = @(
        , @('--all', '', 'Every server of the domain.')
    )
    $sets['replica verify'] = @(
        , @('--all', '', 'Every server of the domain.')
    )
    $sets['check'] = @(
        , @('--format', '@format', 'text, json, github or sarif.')
    )
    $sets['status'] = @(
        , @('--refresh', '', 'Ask other machines for their routing tables first.')
    )
    $sets['plan'] = @(
        , @('--out', 'file', 'Keep the plan, for replicate --plan.')
    )
    $sets['replicate'] = @(
        , @('--pull-only', '', 'Only fetch.')
        , @('--push-only', '', 'Only send.')
        , @('--no-recalc', '', 'Leave the routing tables as they are.')
        , @('--allow-mass-delete', '', 'Take it for meant that most documents are gone.')
        , @('--plan', 'file', 'Only if this plan still holds.')
        , @('--through', 'server', 'Let this server replicate with the others for us.')
    )
    $sets['pull'] = @(
        , @('--no-recalc', '', 'Leave the routing tables as they are.')
        , @('--allow-mass-delete', '', 'Take it for meant that most documents are gone.')
    )
    $sets['push'] = @(
        , @('--no-recalc', '', 'Leave the routing tables as they are.')
        , @('--allow-mass-delete', '', 'Take it for meant that most documents are gone.')
    )
    $sets['route explain'] = @(
        , @('--from', 'server', 'Where the message is.')
        , @('--to-server', 'server', 'A server, not an address.')
        , @('--priority', '@priority', 'high, normal or low.')
        , @('--message-type', '@message_type', 'mime or notes.')
        , @('--at', 'nothing', 'When the message is there; now if not given.')
        , @('--what-if', '', 'By the documents as they are now, recorded and installed or not.')
        , @('--without', 'documents', 'What if this server or document were gone; repeats.')
        , @('--refresh', '', 'Ask other machines for their routing tables first.')
    )
    $sets['route show'] = @(
        , @('--filter', 'nothing', 'Only rows whose field matches; * and ? are wildcards.')
        , @('--sort', 'nothing', 'Order by a field; -FIELD from the end.')
        , @('--format', '@route_show_format', 'text, tsv or json.')
        , @('--refresh', '', 'Ask other machines for their routing tables first.')
    )
    $sets['route impact'] = @(
        , @('--samples', 'nothing', 'Routes to name, of each server.')
    )
    $sets['schedule'] = @(
        , @('--at', 'nothing', 'From when on; now if not given.')
    )
    $sets['conflicts resolve'] = @(
        , @('--keep', '@keep', 'main, conflict or edit.')
        , @('--from', 'file', 'With --keep edit: the text to keep, - for standard input.')
    )
    $sets['history'] = @(
        , @('--undelete', 'nothing', 'Bring this revision back.')
    )
    $sets['import onetouch'] = @(
        , @('--set', 'nothing', 'The value of a {{ NAME }} of the template.')
    )
    $sets['export systemd'] = @(
        , @('--router-update', '', 'Replicate and recalculate every five minutes.')
        , @('--out', 'folder', 'Write the units there, for instance /etc/systemd/system.')
    )
    $sets['serve'] = @(
        , @('--stdio', '', 'Over standard input and output; the only way there is.')
        , @('--replica', 'folder', 'The replica to answer for.')
        , @('--peer', 'server', 'Who asks: for the forced command of an ssh key.')
    )

    # What may follow the words of a command.
    $commands = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
    $commands[''] = @{
        commands = @(
            , @('init', 'Make a new directory.')
            , @('connection', 'Connection documents: SMTP, Local Area Network, Network Dialup, Passthru.')
            , @('domain', 'Domain documents: Foreign SMTP, Foreign, Adjacent, Non-adjacent, Global.')
            , @('server', 'Server documents.')
            , @('configuration', 'Configuration Settings documents.')
            , @('group', 'Group documents.')
            , @('replica', 'Replicas of the directory: one a server.')
            , @('check', 'Check all documents and what holds between them.')
            , @('status', 'Show edits, replicas and routing tables that are behind.')
            , @('plan', 'Show what replicate would change, and write nothing.')
            , @('replicate', 'Replicate with all servers, then recalculate their routing tables.')
            , @('pull', 'Replicate, but only pull.')
            , @('push', 'Replicate, but only push.')
            , @('recalc', 'Recalculate routing tables.')
            , @('tell', 'Console wording: tell router update config.')
            , @('route', 'Where mail goes, and why.')
            , @('schedule', 'Show when the Connections call next.')
            , @('conflicts', 'Replication conflicts that were kept.')
            , @('history', 'Show the revisions of a document, or bring one back.')
            , @('purge', 'Drop the text of deletions older than the purge interval.')
            , @('import', 'Bring in documents of a real Domino.')
            , @('export', 'Write what other programs read.')
            , @('couchdb', 'CouchDB databases as replicas.')
            , @('serve', 'Answer another dominocli, over ssh.')
            , @('merge-driver', 'Merge two versions of a document for git, field by field.')
            , @('schema', 'Write the JSON Schema of a document.')
            , @('completion', 'Write the completion script of a shell.')
            , @('help', 'Explain a topic: exit-codes, environment, files, assumptions, rule ID.')
            , @('demo', 'Build a sample domain and route mail through it.')
        )
        sets = @('program', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['init'] = @{
        commands = @(
        )
        sets = @('init', 'common', 'help')
        arguments = @('folder')
        repeats = $false
    }
    $commands['connection'] = @{
        commands = @(
            , @('add', 'Add a Connection document.')
            , @('list', 'List the Connection documents.')
            , @('show', 'Show a Connection document.')
            , @('edit', 'Change a Connection document, or many with --filter.')
            , @('copy', 'Copy a Connection document under another name.')
            , @('rename', 'Rename a Connection document.')
            , @('delete', 'Delete a Connection document.')
            , @('enable', 'Enable the schedule of a Connection document.')
            , @('disable', 'Disable the schedule of a Connection document.')
            , @('records', 'List the Network Dialup records SMTP can dial by.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['connection add'] = @{
        commands = @(
        )
        sets = @('connection add', 'connection', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['connection list'] = @{
        commands = @(
        )
        sets = @('connection list', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['connection show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('connections')
        repeats = $false
    }
    $commands['connection edit'] = @{
        commands = @(
        )
        sets = @('connection edit', 'connection', 'common', 'help')
        arguments = @('connections')
        repeats = $false
    }
    $commands['connection copy'] = @{
        commands = @(
        )
        sets = @('connection copy', 'connection', 'common', 'help')
        arguments = @('connections', 'nothing')
        repeats = $false
    }
    $commands['connection rename'] = @{
        commands = @(
        )
        sets = @('connection rename', 'common', 'help')
        arguments = @('connections', 'nothing')
        repeats = $false
    }
    $commands['connection delete'] = @{
        commands = @(
        )
        sets = @('connection delete', 'common', 'help')
        arguments = @('connections')
        repeats = $true
    }
    $commands['connection enable'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('connections')
        repeats = $true
    }
    $commands['connection disable'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('connections')
        repeats = $true
    }
    $commands['connection records'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['domain'] = @{
        commands = @(
            , @('add', 'Add a Domain document.')
            , @('list', 'List the Domain documents.')
            , @('show', 'Show a Domain document.')
            , @('edit', 'Change a Domain document, or many with --filter.')
            , @('copy', 'Copy a Domain document under another name.')
            , @('rename', 'Rename a Domain document.')
            , @('delete', 'Delete a Domain document.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['domain add'] = @{
        commands = @(
        )
        sets = @('domain add', 'domain', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['domain list'] = @{
        commands = @(
        )
        sets = @('domain list', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['domain show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('domains')
        repeats = $false
    }
    $commands['domain edit'] = @{
        commands = @(
        )
        sets = @('domain edit', 'domain', 'common', 'help')
        arguments = @('domains')
        repeats = $false
    }
    $commands['domain copy'] = @{
        commands = @(
        )
        sets = @('domain copy', 'domain', 'common', 'help')
        arguments = @('domains', 'nothing')
        repeats = $false
    }
    $commands['domain rename'] = @{
        commands = @(
        )
        sets = @('domain rename', 'common', 'help')
        arguments = @('domains', 'nothing')
        repeats = $false
    }
    $commands['domain delete'] = @{
        commands = @(
        )
        sets = @('domain delete', 'common', 'help')
        arguments = @('domains')
        repeats = $true
    }
    $commands['server'] = @{
        commands = @(
            , @('add', 'Add a Server document.')
            , @('list', 'List the Server documents.')
            , @('show', 'Show a Server document.')
            , @('edit', 'Change a Server document, or many with --filter.')
            , @('copy', 'Copy a Server document under another name.')
            , @('rename', 'Rename a Server document.')
            , @('delete', 'Delete a Server document.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['server add'] = @{
        commands = @(
        )
        sets = @('server add', 'server', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['server list'] = @{
        commands = @(
        )
        sets = @('server list', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['server show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('servers')
        repeats = $false
    }
    $commands['server edit'] = @{
        commands = @(
        )
        sets = @('server edit', 'server', 'common', 'help')
        arguments = @('servers')
        repeats = $false
    }
    $commands['server copy'] = @{
        commands = @(
        )
        sets = @('server copy', 'server', 'common', 'help')
        arguments = @('servers', 'nothing')
        repeats = $false
    }
    $commands['server rename'] = @{
        commands = @(
        )
        sets = @('server rename', 'common', 'help')
        arguments = @('servers', 'nothing')
        repeats = $false
    }
    $commands['server delete'] = @{
        commands = @(
        )
        sets = @('server delete', 'common', 'help')
        arguments = @('servers')
        repeats = $true
    }
    $commands['configuration'] = @{
        commands = @(
            , @('add', 'Add a Configuration document.')
            , @('list', 'List the Configuration documents.')
            , @('show', 'Show a Configuration document.')
            , @('edit', 'Change a Configuration document, or many with --filter.')
            , @('copy', 'Copy a Configuration document under another name.')
            , @('rename', 'Rename a Configuration document.')
            , @('delete', 'Delete a Configuration document.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['configuration add'] = @{
        commands = @(
        )
        sets = @('configuration add', 'configuration', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['configuration list'] = @{
        commands = @(
        )
        sets = @('configuration list', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['configuration show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('configurations')
        repeats = $false
    }
    $commands['configuration edit'] = @{
        commands = @(
        )
        sets = @('configuration edit', 'configuration', 'common', 'help')
        arguments = @('configurations')
        repeats = $false
    }
    $commands['configuration copy'] = @{
        commands = @(
        )
        sets = @('configuration copy', 'configuration', 'common', 'help')
        arguments = @('configurations', 'nothing')
        repeats = $false
    }
    $commands['configuration rename'] = @{
        commands = @(
        )
        sets = @('configuration rename', 'common', 'help')
        arguments = @('configurations', 'nothing')
        repeats = $false
    }
    $commands['configuration delete'] = @{
        commands = @(
        )
        sets = @('configuration delete', 'common', 'help')
        arguments = @('configurations')
        repeats = $true
    }
    $commands['group'] = @{
        commands = @(
            , @('add', 'Add a Group document.')
            , @('list', 'List the Group documents.')
            , @('show', 'Show a Group document.')
            , @('edit', 'Change a Group document, or many with --filter.')
            , @('copy', 'Copy a Group document under another name.')
            , @('rename', 'Rename a Group document.')
            , @('delete', 'Delete a Group document.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['group add'] = @{
        commands = @(
        )
        sets = @('group add', 'group', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['group list'] = @{
        commands = @(
        )
        sets = @('group list', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['group show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('groups')
        repeats = $false
    }
    $commands['group edit'] = @{
        commands = @(
        )
        sets = @('group edit', 'group', 'common', 'help')
        arguments = @('groups')
        repeats = $false
    }
    $commands['group copy'] = @{
        commands = @(
        )
        sets = @('group copy', 'group', 'common', 'help')
        arguments = @('groups', 'nothing')
        repeats = $false
    }
    $commands['group rename'] = @{
        commands = @(
        )
        sets = @('group rename', 'common', 'help')
        arguments = @('groups', 'nothing')
        repeats = $false
    }
    $commands['group delete'] = @{
        commands = @(
        )
        sets = @('group delete', 'common', 'help')
        arguments = @('groups')
        repeats = $true
    }
    $commands['replica'] = @{
        commands = @(
            , @('create', 'Create the replica of a server.')
            , @('verify', 'Confirm where a server''s replica is.')
            , @('list', 'List the servers and their replicas.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['replica create'] = @{
        commands = @(
        )
        sets = @('replica create', 'common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['replica verify'] = @{
        commands = @(
        )
        sets = @('replica verify', 'common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['replica list'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['check'] = @{
        commands = @(
        )
        sets = @('check', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['status'] = @{
        commands = @(
        )
        sets = @('status', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['plan'] = @{
        commands = @(
        )
        sets = @('plan', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['replicate'] = @{
        commands = @(
        )
        sets = @('replicate', 'common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['pull'] = @{
        commands = @(
        )
        sets = @('pull', 'common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['push'] = @{
        commands = @(
        )
        sets = @('push', 'common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['recalc'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('server')
        repeats = $true
    }
    $commands['tell'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('@router', '@update', '@config')
        repeats = $false
    }
    $commands['route'] = @{
        commands = @(
            , @('explain', 'Follow an address hop by hop through the installed routing tables.')
            , @('show', 'Show the installed routing table of a server.')
            , @('impact', 'Show whose routes change if a document or server goes.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['route explain'] = @{
        commands = @(
        )
        sets = @('route explain', 'common', 'help')
        arguments = @('nothing')
        repeats = $false
    }
    $commands['route show'] = @{
        commands = @(
        )
        sets = @('route show', 'common', 'help')
        arguments = @('server')
        repeats = $false
    }
    $commands['route impact'] = @{
        commands = @(
        )
        sets = @('route impact', 'common', 'help')
        arguments = @('documents')
        repeats = $false
    }
    $commands['schedule'] = @{
        commands = @(
        )
        sets = @('schedule', 'common', 'help')
        arguments = @('connections')
        repeats = $false
    }
    $commands['conflicts'] = @{
        commands = @(
            , @('list', 'List the conflict documents.')
            , @('show', 'Show a conflict field by field.')
            , @('resolve', 'Resolve a conflict.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['conflicts list'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['conflicts show'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('documents')
        repeats = $false
    }
    $commands['conflicts resolve'] = @{
        commands = @(
        )
        sets = @('conflicts resolve', 'common', 'help')
        arguments = @('documents')
        repeats = $false
    }
    $commands['history'] = @{
        commands = @(
        )
        sets = @('history', 'common', 'help')
        arguments = @('documents')
        repeats = $false
    }
    $commands['purge'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['import'] = @{
        commands = @(
            , @('onetouch', 'Import a One-touch setup JSON file.')
            , @('dxl', 'Import a DXL export of names.nsf.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['import onetouch'] = @{
        commands = @(
        )
        sets = @('import onetouch', 'common', 'help')
        arguments = @('file')
        repeats = $false
    }
    $commands['import dxl'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('file')
        repeats = $false
    }
    $commands['export'] = @{
        commands = @(
            , @('systemd', 'Write the systemd timer that keeps a server up to date.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['export systemd'] = @{
        commands = @(
        )
        sets = @('export systemd', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['couchdb'] = @{
        commands = @(
            , @('init', 'Make a CouchDB database a replica of this directory.')
        )
        sets = @('help')
        arguments = @()
        repeats = $false
    }
    $commands['couchdb init'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('nothing')
        repeats = $false
    }
    $commands['serve'] = @{
        commands = @(
        )
        sets = @('serve', 'common', 'help')
        arguments = @()
        repeats = $false
    }
    $commands['merge-driver'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('nothing', 'nothing', 'nothing', 'nothing')
        repeats = $false
    }
    $commands['schema'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('@form')
        repeats = $false
    }
    $commands['completion'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('@shell')
        repeats = $false
    }
    $commands['help'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('@topic', '@rule')
        repeats = $false
    }
    $commands['demo'] = @{
        commands = @(
        )
        sets = @('common', 'help')
        arguments = @('folder')
        repeats = $false
    }

    # A result whose text is quoted where PowerShell would not take it as one word.
    function New-Candidate([string] $text, [string] $listed, [string] $about) {
        $typed = $text
        if ($text -notmatch '^[A-Za-z0-9_./:=+-]+$') {
            $escaped = [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text)
            $typed = "'" + $escaped + "'"
        }
        if (-not $about) {
            $about = $listed
        }
        [System.Management.Automation.CompletionResult]::new($typed, $listed, 'ParameterValue', $about)
    }

    function Test-Beginning([string] $text, [string] $beginning) {
        $text.StartsWith($beginning, [System.StringComparison]::OrdinalIgnoreCase)
    }

    function Get-Value([string] $kind, [string] $lead, [string] $typed, [string] $directory) {
        if ($kind.StartsWith('@')) {
            $offered = $keywords[$kind.Substring(1)]
            $short = @($offered | Where-Object { Test-Beginning $_[0] $typed })
            foreach ($keyword in $short) {
                New-Candidate ($lead + $keyword[0]) $keyword[0] $keyword[1]
            }
            if (-not $short) {
                foreach ($keyword in ($offered | Where-Object { Test-Beginning $_[1] $typed })) {
                    New-Candidate ($lead + $keyword[1]) $keyword[1] $keyword[0]
                }
            }
        } elseif ($kind -and $kind -notin 'nothing', 'file', 'folder') {
            $before = $env:DOMINOCLI_DIRECTORY
            try {
                if ($directory) {
                    $env:DOMINOCLI_DIRECTORY = $directory -replace '^~(?=/)', $HOME
                }
                foreach ($name in @($null | & dominocli __complete $kind $typed 2> $null)) {
                    New-Candidate ($lead + $name) $name ''
                }
            } finally {
                $env:DOMINOCLI_DIRECTORY = $before
            }
        }
    }

    $path = ''
    $flag = ''
    $pending = ''
    $directory = ''
    $onlyArguments = $false
    $given = 0
    $flags = @($commands[''].sets | ForEach-Object { $sets[$_] })
    $elements = @($commandAst.CommandElements | Select-Object -Skip 1)
    foreach ($element in $elements) {
        if ($element.Extent.EndOffset -ge $cursorPosition) {
            break
        }
        $word = $element.Extent.Text
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $word = $element.Value
        }
        if ($pending) {
            if ($flag -ceq '--directory') {
                $directory = $word
            }
            $pending = ''
        } elseif (-not $onlyArguments -and $word -ceq '--') {
            $onlyArguments = $true
        } elseif (-not $onlyArguments -and $word -like '--*=*') {
            if ($word -clike '--directory=*') {
                $directory = $word.Substring('--directory='.Length)
            }
        } elseif (-not $onlyArguments -and $word -like '-?*') {
            $flag = $word
            $pending = [string] ($flags | Where-Object { $_[0] -ceq $flag } | ForEach-Object { $_[1] })
        } elseif (@($commands[$path].commands | Where-Object { $_[0] -ceq $word })) {
            $path = "$path $word".Trim()
            $flags = @($commands[$path].sets | ForEach-Object { $sets[$_] })
        } else {
            $given += 1
        }
    }

    $current = $wordToComplete -replace '^["'']', ''
    $here = $commands[$path]
    if ($pending) {
        Get-Value $pending '' $current $directory
        return
    }
    if ($current -like '--*=*') {
        $flag, $typed = $current -split '=', 2
        $kind = [string] ($flags | Where-Object { $_[0] -ceq $flag } | ForEach-Object { $_[1] })
        Get-Value $kind "$flag=" $typed $directory
        return
    }
    foreach ($command in ($here.commands | Where-Object { Test-Beginning $_[0] $current })) {
        New-Candidate $command[0] $command[0] $command[1]
    }
    if ($given -lt $here.arguments.Count) {
        Get-Value $here.arguments[$given] '' $current $directory
    } elseif ($here.repeats) {
        Get-Value $here.arguments[-1] '' $current $directory
    }
    if ($current.StartsWith('-') -or -not ($here.commands.Count + $here.arguments.Count)) {
        foreach ($each in ($flags | Where-Object { Test-Beginning $_[0] $current })) {
            New-Candidate $each[0] $each[0] $each[2]
        }
    }
}
