# fish completion for dominocli, written by `dominocli completion fish`. Keep it as `dominocli.fish` among the
# completions of fish. Commands, flags and keywords stand in it; only the names of documents and servers are asked
# for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

# Print the values of a keyword field: the word to type, a tab, what it stands for.
function __dominocli_keywords
    switch $argv[1]
        case color
            printf '%s\t%s\n' auto auto
            printf '%s\t%s\n' always always
            printf '%s\t%s\n' never never
        case connection_type
            printf '%s\t%s\n' smtp SMTP
            printf '%s\t%s\n' lan 'Local Area Network'
            printf '%s\t%s\n' network-dialup 'Network Dialup'
            printf '%s\t%s\n' passthru 'Passthru Server'
        case connect_via
            printf '%s\t%s\n' direct 'Direct connection'
            printf '%s\t%s\n' dial-up 'Dial-up connection'
        case usage_priority
            printf '%s\t%s\n' normal Normal
            printf '%s\t%s\n' low Low
        case service_type
            printf '%s\t%s\n' microsoft-dun 'Microsoft DUN'
            printf '%s\t%s\n' macintosh-ppp 'Macintosh PPP'
            printf '%s\t%s\n' command Command
        case replication_task
            printf '%s\t%s\n' enabled Enabled
            printf '%s\t%s\n' disabled Disabled
        case replicate_databases_of
            printf '%s\t%s\n' low 'Low & Medium & High'
            printf '%s\t%s\n' medium 'Medium & High'
            printf '%s\t%s\n' high High
        case replication_type
            printf '%s\t%s\n' pull-push Pull-Push
            printf '%s\t%s\n' pull-pull Pull-Pull
            printf '%s\t%s\n' push-only Push-only
            printf '%s\t%s\n' pull-only Pull-only
        case routing_task
            printf '%s\t%s\n' mail-routing 'Mail Routing'
            printf '%s\t%s\n' none -None-
        case router_type
            printf '%s\t%s\n' push-only 'Push Only'
            printf '%s\t%s\n' pull-only 'Pull Only'
            printf '%s\t%s\n' pull-push 'Pull Push'
            printf '%s\t%s\n' push-wait 'Push Wait'
        case days_of_week
            printf '%s\t%s\n' Sun Sun
            printf '%s\t%s\n' Mon Mon
            printf '%s\t%s\n' Tue Tue
            printf '%s\t%s\n' Wed Wed
            printf '%s\t%s\n' Thu Thu
            printf '%s\t%s\n' Fri Fri
            printf '%s\t%s\n' Sat Sat
        case domain_type
            printf '%s\t%s\n' foreign-smtp 'Foreign SMTP Domain'
            printf '%s\t%s\n' foreign 'Foreign Domain'
            printf '%s\t%s\n' adjacent 'Adjacent Domain'
            printf '%s\t%s\n' non-adjacent 'Non-adjacent Domain'
            printf '%s\t%s\n' global 'Global Domain'
        case use_as_default
            printf '%s\t%s\n' yes Yes
            printf '%s\t%s\n' no No
        case routing_tasks
            printf '%s\t%s\n' mail 'Mail Routing'
            printf '%s\t%s\n' smtp 'SMTP Mail Routing'
        case smtp_inside
            printf '%s\t%s\n' disabled Disabled
            printf '%s\t%s\n' mime 'MIME messages only'
            printf '%s\t%s\n' all 'All messages'
        case smtp_reachable
            printf '%s\t%s\n' always Always
            printf '%s\t%s\n' same-network 'Only if in same Notes named network'
        case host_name_lookup
            printf '%s\t%s\n' both 'Dynamic then local'
            printf '%s\t%s\n' dns 'Dynamic lookup only'
            printf '%s\t%s\n' hosts 'Local lookup only'
        case group_type
            printf '%s\t%s\n' servers 'Servers only'
            printf '%s\t%s\n' multi-purpose Multi-purpose
            printf '%s\t%s\n' mail 'Mail only'
            printf '%s\t%s\n' acl 'Access Control List only'
            printf '%s\t%s\n' deny 'Deny List only'
        case format
            printf '%s\t%s\n' text text
            printf '%s\t%s\n' json json
            printf '%s\t%s\n' github github
            printf '%s\t%s\n' sarif sarif
        case router
            printf '%s\t%s\n' router router
        case update
            printf '%s\t%s\n' update update
        case config
            printf '%s\t%s\n' config config
        case priority
            printf '%s\t%s\n' high high
            printf '%s\t%s\n' normal normal
            printf '%s\t%s\n' low low
        case message_type
            printf '%s\t%s\n' mime mime
            printf '%s\t%s\n' notes notes
        case route_show_format
            printf '%s\t%s\n' text text
            printf '%s\t%s\n' tsv tsv
            printf '%s\t%s\n' json json
        case keep
            printf '%s\t%s\n' main main
            printf '%s\t%s\n' conflict conflict
            printf '%s\t%s\n' edit edit
        case form
            printf '%s\t%s\n' connection connection
            printf '%s\t%s\n' domain domain
            printf '%s\t%s\n' server server
            printf '%s\t%s\n' configuration configuration
            printf '%s\t%s\n' group group
        case shell
            printf '%s\t%s\n' bash bash
            printf '%s\t%s\n' zsh zsh
            printf '%s\t%s\n' fish fish
            printf '%s\t%s\n' powershell powershell
        case topic
            printf '%s\t%s\n' exit-codes exit-codes
            printf '%s\t%s\n' environment environment
            printf '%s\t%s\n' files files
            printf '%s\t%s\n' assumptions assumptions
            printf '%s\t%s\n' rule rule
        case rule
            printf '%s\t%s\n' configuration-ambiguous configuration-ambiguous
            printf '%s\t%s\n' conflict-unresolved conflict-unresolved
            printf '%s\t%s\n' connection-delays-network connection-delays-network
            printf '%s\t%s\n' connection-without-pair connection-without-pair
            printf '%s\t%s\n' control-character control-character
            printf '%s\t%s\n' destination-domain-unknown destination-domain-unknown
            printf '%s\t%s\n' destination-server-blank destination-server-blank
            printf '%s\t%s\n' destination-server-is-a-group destination-server-is-a-group
            printf '%s\t%s\n' destination-server-is-a-server destination-server-is-a-server
            printf '%s\t%s\n' destination-server-other-domain destination-server-other-domain
            printf '%s\t%s\n' destination-server-shared destination-server-shared
            printf '%s\t%s\n' dial-up-record-missing dial-up-record-missing
            printf '%s\t%s\n' dial-up-record-not-found dial-up-record-not-found
            printf '%s\t%s\n' dial-up-record-of-neither-end dial-up-record-of-neither-end
            printf '%s\t%s\n' dial-up-record-on-direct dial-up-record-on-direct
            printf '%s\t%s\n' dial-up-record-wrong-type dial-up-record-wrong-type
            printf '%s\t%s\n' domain-case-differs domain-case-differs
            printf '%s\t%s\n' domain-name-invalid domain-name-invalid
            printf '%s\t%s\n' domain-route-redundant domain-route-redundant
            printf '%s\t%s\n' global-domain-changed global-domain-changed
            printf '%s\t%s\n' group-loop group-loop
            printf '%s\t%s\n' name-not-hierarchical name-not-hierarchical
            printf '%s\t%s\n' path-clash path-clash
            printf '%s\t%s\n' pattern-duplicate pattern-duplicate
            printf '%s\t%s\n' pattern-invalid pattern-invalid
            printf '%s\t%s\n' pattern-redundant pattern-redundant
            printf '%s\t%s\n' pattern-shadowed pattern-shadowed
            printf '%s\t%s\n' pattern-without-dot pattern-without-dot
            printf '%s\t%s\n' pull-pull-with-cluster pull-pull-with-cluster
            printf '%s\t%s\n' relay-host-invalid relay-host-invalid
            printf '%s\t%s\n' replication-scheduled-twice replication-scheduled-twice
            printf '%s\t%s\n' routing-task-none routing-task-none
            printf '%s\t%s\n' schedule-disabled schedule-disabled
            printf '%s\t%s\n' schedule-empty schedule-empty
            printf '%s\t%s\n' schedule-never schedule-never
            printf '%s\t%s\n' second-pull-connection second-pull-connection
            printf '%s\t%s\n' server-duplicate server-duplicate
            printf '%s\t%s\n' server-without-replica server-without-replica
            printf '%s\t%s\n' source-server-other-domain source-server-other-domain
            printf '%s\t%s\n' source-server-smtp-outside-disabled source-server-smtp-outside-disabled
            printf '%s\t%s\n' source-server-unknown source-server-unknown
            printf '%s\t%s\n' source-server-without-dns source-server-without-dns
            printf '%s\t%s\n' source-server-without-smtp source-server-without-smtp
            printf '%s\t%s\n' syntax syntax
            printf '%s\t%s\n' time-zone-invalid time-zone-invalid
            printf '%s\t%s\n' unid-duplicate unid-duplicate
            printf '%s\t%s\n' unknown-key unknown-key
            printf '%s\t%s\n' value-invalid value-invalid
            printf '%s\t%s\n' value-missing value-missing
            printf '%s\t%s\n' value-unknown value-unknown
            printf '%s\t%s\n' virtual-domain-is-real virtual-domain-is-real
            printf '%s\t%s\n' virtual-domain-unconnected virtual-domain-unconnected
    end
end

# Print a set of flags: flag, kind of its value, help.
function __dominocli_flags
    switch $argv[1]
        case help
            printf '%s\t%s\t%s\n' --help '' 'Show the help.'
            printf '%s\t%s\t%s\n' -h '' 'Show the help.'
        case program
            printf '%s\t%s\t%s\n' --version '' 'Show the version.'
        case common
            printf '%s\t%s\t%s\n' --json '' 'Write one JSON envelope.'
            printf '%s\t%s\t%s\n' --dry-run '' 'Show what would be done, change nothing.'
            printf '%s\t%s\t%s\n' --no-input '' 'Never ask.'
            printf '%s\t%s\t%s\n' --yes '' 'Take every confirmation as given.'
            printf '%s\t%s\t%s\n' -y '' 'Take every confirmation as given.'
            printf '%s\t%s\t%s\n' --quiet '' 'Write only data and errors.'
            printf '%s\t%s\t%s\n' -q '' 'Write only data and errors.'
            printf '%s\t%s\t%s\n' --verbose '' 'Write more.'
            printf '%s\t%s\t%s\n' -v '' 'Write more.'
            printf '%s\t%s\t%s\n' --debug '' 'Show the traceback of a bug.'
            printf '%s\t%s\t%s\n' --directory folder 'Where the directory is.'
            printf '%s\t%s\t%s\n' --color '@color' 'auto, always or never.'
            printf '%s\t%s\t%s\n' --detailed-exitcode '' 'Exit 4 where changes are pending.'
        case init
            printf '%s\t%s\t%s\n' --domain nothing 'The Notes domain.'
            printf '%s\t%s\t%s\n' --server server 'Whose replica the folder is.'
            printf '%s\t%s\t%s\n' --title nothing 'What the directory is called.'
        case connection
            printf '%s\t%s\t%s\n' --connection-type '@connection_type' 'how the two ends reach each other'
            printf '%s\t%s\t%s\n' --source-server server 'the server that opens the connection'
            printf '%s\t%s\t%s\n' --source-domain nothing 'the Notes domain of the source server'
            printf '%s\t%s\t%s\n' --connect-via '@connect_via' 'a network that is always there, or a line that is raised first'
            printf '%s\t%s\t%s\n' --dial-using-connection-record connections 'the Network Dialup Connection document of the line'
            printf '%s\t%s\t%s\n' --destination-server server 'the server at the far end; for SMTP a placeholder that is no server\'s name'
            printf '%s\t%s\t%s\n' --destination-domain nothing 'for SMTP the virtual domain of a Foreign SMTP Domain document; else the far Notes domain'
            printf '%s\t%s\t%s\n' --smtp-mta-relay-host nothing 'the host all this mail is handed to; blank: the Configuration\'s relay host, else DNS'
            printf '%s\t%s\t%s\n' --use-ports nothing 'the Notes ports the connection may use'
            printf '%s\t%s\t%s\n' --usage-priority '@usage_priority' 'which document a server tries first to reach another; it changes no cost'
            printf '%s\t%s\t%s\n' --optional-network-address nothing 'the address of the destination server, where its name alone is not enough'
            printf '%s\t%s\t%s\n' --passthru-server server 'the server in between that passes the connection on'
            printf '%s\t%s\t%s\n' --service-type '@service_type' 'what raises the line; Command names a dialer profile of the machine that dials'
            printf '%s\t%s\t%s\n' --dial-up-networking-name nothing 'the entry of the dialer; for Command: the dialer profile in the local configuration'
            printf '%s\t%s\t%s\n' --login-name nothing 'the account at the far end; the password stays with the local dialer'
            printf '%s\t%s\t%s\n' --phone-number nothing 'the number to dial'
            printf '%s\t%s\t%s\n' --area-code nothing 'the area code of the number'
            printf '%s\t%s\t%s\n' --country-code nothing 'the country code of the number'
            printf '%s\t%s\t%s\n' --dial-back-phone-number nothing 'the number the far end calls back'
            printf '%s\t%s\t%s\n' --replication-task '@replication_task' 'whether this connection replicates databases'
            printf '%s\t%s\t%s\n' --replicate-databases-of '@replicate_databases_of' 'the replication priorities that take part'
            printf '%s\t%s\t%s\n' --replication-type '@replication_type' 'who sends what to whom when the two servers replicate'
            printf '%s\t%s\t%s\n' --files-to-replicate nothing 'files and folders, no wildcards; blank means all'
            printf '%s\t%s\t%s\n' --replication-time-limit nothing 'minutes a replication may take; blank means no limit'
            printf '%s\t%s\t%s\n' --routing-task '@routing_task' 'whether this connection routes mail; one task carries NRPC and SMTP'
            printf '%s\t%s\t%s\n' --route-at-once-if nothing 'so many pending messages open the connection whatever the schedule says'
            printf '%s\t%s\t%s\n' --routing-cost nothing 'the cost of this link; the Router takes the least total'
            printf '%s\t%s\t%s\n' --router-type '@router_type' 'which of the two servers sends when the connection is open'
            printf '%s\t%s\t%s\n' --schedule '@replication_task' 'disabled: the document carries no traffic at all'
            printf '%s\t%s\t%s\n' --connect-at-times nothing 'a time, a list of times, or ranges; local to the source server'
            printf '%s\t%s\t%s\n' --repeat-interval nothing 'minutes between two calls inside a range'
            printf '%s\t%s\t%s\n' --days-of-week '@days_of_week' 'the days the connection is opened, like Mon-Fri'
            printf '%s\t%s\t%s\n' --comments nothing 'a note; it routes nothing'
            printf '%s\t%s\t%s\n' --owners server 'who owns the document'
            printf '%s\t%s\t%s\n' --administrators server 'who may change the document'
        case 'connection add'
            printf '%s\t%s\t%s\n' --name nothing 'The document\'s name; else made from its values.'
            printf '%s\t%s\t%s\n' --from file 'Read one TOML document, - for standard input.'
            printf '%s\t%s\t%s\n' --replace '' 'Replace a document of that name.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask even if nothing is missing.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'connection list'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
        case 'connection edit'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask every field.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'connection copy'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
        case 'connection rename'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'connection delete'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case domain
            printf '%s\t%s\t%s\n' --domain-type '@domain_type' 'what the document says about a domain'
            printf '%s\t%s\t%s\n' --internet-domain nothing 'messages addressed to this pattern: *.*, *.acme.com, acme.com'
            printf '%s\t%s\t%s\n' --domain-name nothing 'should be routed to this next-hop (virtual) domain'
            printf '%s\t%s\t%s\n' --internet-host nothing 'old; leave it blank'
            printf '%s\t%s\t%s\n' --foreign-domain-name nothing 'the domain a gateway serves (fax, pager)'
            printf '%s\t%s\t%s\n' --gateway-server-name server 'the server that runs the gateway'
            printf '%s\t%s\t%s\n' --gateway-mail-file-name nothing 'the gateway\'s mail file'
            printf '%s\t%s\t%s\n' --adjacent-domain-name nothing 'the neighbouring domain the restrictions are for; it makes no path by itself'
            printf '%s\t%s\t%s\n' --mail-sent-to-domain nothing 'the domain further away'
            printf '%s\t%s\t%s\n' --route-through-domain nothing 'the domain in between'
            printf '%s\t%s\t%s\n' --global-domain-name nothing 'a name for this group of domains'
            printf '%s\t%s\t%s\n' --use-as-default '@use_as_default' 'whether this one counts where several fit'
            printf '%s\t%s\t%s\n' --domino-domains nothing 'the Notes domains that are members'
            printf '%s\t%s\t%s\n' --local-primary-internet-domain nothing 'the Internet domain of our own addresses'
            printf '%s\t%s\t%s\n' --alternate-internet-domain-aliases nothing 'further Internet domains of ours; *. before a whole subdomain'
            printf '%s\t%s\t%s\n' --allow-from-domains nothing 'the previous hop\'s domain must be one of these; blank allows all'
            printf '%s\t%s\t%s\n' --deny-from-domains nothing 'the previous hop\'s domain must be none of these'
            printf '%s\t%s\t%s\n' --comments nothing 'a note; it routes nothing'
            printf '%s\t%s\t%s\n' --owners server 'who owns the document'
            printf '%s\t%s\t%s\n' --administrators server 'who may change the document'
        case 'domain add'
            printf '%s\t%s\t%s\n' --name nothing 'The document\'s name; else made from its values.'
            printf '%s\t%s\t%s\n' --from file 'Read one TOML document, - for standard input.'
            printf '%s\t%s\t%s\n' --replace '' 'Replace a document of that name.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask even if nothing is missing.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'domain list'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
        case 'domain edit'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask every field.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'domain copy'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
        case 'domain rename'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'domain delete'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case server
            printf '%s\t%s\t%s\n' --server-name nothing 'the hierarchical name, Hub01/Acme'
            printf '%s\t%s\t%s\n' --server-title nothing 'what the server is for'
            printf '%s\t%s\t%s\n' --domain-name nothing 'the Notes domain of the server; blank: the domain of this directory'
            printf '%s\t%s\t%s\n' --cluster-name nothing 'the cluster the server is in'
            printf '%s\t%s\t%s\n' --fully-qualified-internet-host-name nothing 'the server\'s name in DNS'
            printf '%s\t%s\t%s\n' --routing-tasks '@routing_tasks' 'Mail Routing, and SMTP Mail Routing where the server speaks SMTP'
            printf '%s\t%s\t%s\n' --smtp-listener-task '@replication_task' 'whether the server accepts mail by SMTP'
            printf '%s\t%s\t%s\n' --time-zone nothing 'IANA zone of all schedule times of this server; blank: this machine\'s'
            printf '%s\t%s\t%s\n' --replica folder 'where this server\'s replica of the directory is: an absolute path or a URL'
            printf '%s\t%s\t%s\n' --port nothing 'NAME=NETWORK[,address][,disabled], once for each port'
            printf '%s\t%s\t%s\n' --ports nothing 'NAME=NETWORK[,address][,disabled], once for each port'
            printf '%s\t%s\t%s\n' --comments nothing 'a note; it routes nothing'
            printf '%s\t%s\t%s\n' --owners server 'who owns the document'
            printf '%s\t%s\t%s\n' --administrators server 'who may change the document'
        case 'server add'
            printf '%s\t%s\t%s\n' --name nothing 'The document\'s name; else made from its values.'
            printf '%s\t%s\t%s\n' --from file 'Read one TOML document, - for standard input.'
            printf '%s\t%s\t%s\n' --replace '' 'Replace a document of that name.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask even if nothing is missing.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
            printf '%s\t%s\t%s\n' --notes-network nothing 'The Notes network of port TCPIP.'
        case 'server list'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
        case 'server edit'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask every field.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'server copy'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
        case 'server rename'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'server delete'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case configuration
            printf '%s\t%s\t%s\n' --applies-to server '* for all servers, a group, or one server'
            printf '%s\t%s\t%s\n' --number-of-mailboxes nothing 'mailboxes of the Router'
            printf '%s\t%s\t%s\n' --smtp-outside '@replication_task' 'whether the server sends mail to the Internet by SMTP itself'
            printf '%s\t%s\t%s\n' --smtp-inside '@smtp_inside' 'which messages go by SMTP between our own servers'
            printf '%s\t%s\t%s\n' --smtp-reachable '@smtp_reachable' 'which of our servers SMTP reaches'
            printf '%s\t%s\t%s\n' --relay-host nothing 'the host mail to the Internet is handed to; blank: DNS or the hosts file'
            printf '%s\t%s\t%s\n' --smart-host nothing 'the host for local addresses nobody here has'
            printf '%s\t%s\t%s\n' --smart-host-for-all '@replication_task' 'whether the smart host gets every local address'
            printf '%s\t%s\t%s\n' --host-name-lookup '@host_name_lookup' 'whether hosts are found by DNS (dynamic), the hosts file (local), or both'
            printf '%s\t%s\t%s\n' --maximum-hop-count nothing 'hops after which mail is returned'
            printf '%s\t%s\t%s\n' --low-priority-range nothing 'when low priority mail is routed'
            printf '%s\t%s\t%s\n' --initial-retry-interval nothing 'minutes until a failed transfer is tried again'
            printf '%s\t%s\t%s\n' --expired-message-purge-interval nothing 'minutes between two purges of expired messages'
            printf '%s\t%s\t%s\n' --ignore-message-priority '@replication_task' 'treat every message as of normal priority'
            printf '%s\t%s\t%s\n' --dynamic-cost-reset-interval nothing 'minutes until a connection that failed has its own cost again'
            printf '%s\t%s\t%s\n' --comments nothing 'a note; it routes nothing'
            printf '%s\t%s\t%s\n' --owners server 'who owns the document'
            printf '%s\t%s\t%s\n' --administrators server 'who may change the document'
        case 'configuration add'
            printf '%s\t%s\t%s\n' --name nothing 'The document\'s name; else made from its values.'
            printf '%s\t%s\t%s\n' --from file 'Read one TOML document, - for standard input.'
            printf '%s\t%s\t%s\n' --replace '' 'Replace a document of that name.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask even if nothing is missing.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'configuration list'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
        case 'configuration edit'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask every field.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'configuration copy'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
        case 'configuration rename'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'configuration delete'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case group
            printf '%s\t%s\t%s\n' --group-name nothing 'the name other documents use'
            printf '%s\t%s\t%s\n' --group-type '@group_type' 'what the group is for'
            printf '%s\t%s\t%s\n' --members server 'servers and groups'
            printf '%s\t%s\t%s\n' --comments nothing 'a note; it routes nothing'
            printf '%s\t%s\t%s\n' --owners server 'who owns the document'
            printf '%s\t%s\t%s\n' --administrators server 'who may change the document'
        case 'group add'
            printf '%s\t%s\t%s\n' --name nothing 'The document\'s name; else made from its values.'
            printf '%s\t%s\t%s\n' --from file 'Read one TOML document, - for standard input.'
            printf '%s\t%s\t%s\n' --replace '' 'Replace a document of that name.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask even if nothing is missing.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'group list'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
        case 'group edit'
            printf '%s\t%s\t%s\n' --filter nothing 'Only where the field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
            printf '%s\t%s\t%s\n' --wizard '' 'Ask every field.'
            printf '%s\t%s\t%s\n' --legacy '' 'Allow types only servers before 8.5 know.'
        case 'group copy'
            printf '%s\t%s\t%s\n' --strict '' 'Refuse to save with findings.'
        case 'group rename'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'group delete'
            printf '%s\t%s\t%s\n' --cascade '' 'Follow in the documents that refer to it.'
        case 'replica create'
            printf '%s\t%s\t%s\n' --all '' 'Every server of the domain.'
        case 'replica verify'
            printf '%s\t%s\t%s\n' --all '' 'Every server of the domain.'
        case check
            printf '%s\t%s\t%s\n' --format '@format' 'text, json, github or sarif.'
        case status
            printf '%s\t%s\t%s\n' --refresh '' 'Ask other machines for their routing tables first.'
        case plan
            printf '%s\t%s\t%s\n' --out file 'Keep the plan, for replicate --plan.'
        case replicate
            printf '%s\t%s\t%s\n' --pull-only '' 'Only fetch.'
            printf '%s\t%s\t%s\n' --push-only '' 'Only send.'
            printf '%s\t%s\t%s\n' --no-recalc '' 'Leave the routing tables as they are.'
            printf '%s\t%s\t%s\n' --allow-mass-delete '' 'Take it for meant that most documents are gone.'
            printf '%s\t%s\t%s\n' --plan file 'Only if this plan still holds.'
            printf '%s\t%s\t%s\n' --through server 'Let this server replicate with the others for us.'
        case pull
            printf '%s\t%s\t%s\n' --no-recalc '' 'Leave the routing tables as they are.'
            printf '%s\t%s\t%s\n' --allow-mass-delete '' 'Take it for meant that most documents are gone.'
        case push
            printf '%s\t%s\t%s\n' --no-recalc '' 'Leave the routing tables as they are.'
            printf '%s\t%s\t%s\n' --allow-mass-delete '' 'Take it for meant that most documents are gone.'
        case 'route explain'
            printf '%s\t%s\t%s\n' --from server 'Where the message is.'
            printf '%s\t%s\t%s\n' --to-server server 'A server, not an address.'
            printf '%s\t%s\t%s\n' --priority '@priority' 'high, normal or low.'
            printf '%s\t%s\t%s\n' --message-type '@message_type' 'mime or notes.'
            printf '%s\t%s\t%s\n' --at nothing 'When the message is there; now if not given.'
            printf '%s\t%s\t%s\n' --what-if '' 'By the documents as they are now, recorded and installed or not.'
            printf '%s\t%s\t%s\n' --without documents 'What if this server or document were gone; repeats.'
            printf '%s\t%s\t%s\n' --refresh '' 'Ask other machines for their routing tables first.'
        case 'route show'
            printf '%s\t%s\t%s\n' --filter nothing 'Only rows whose field matches; * and ? are wildcards.'
            printf '%s\t%s\t%s\n' --sort nothing 'Order by a field; -FIELD from the end.'
            printf '%s\t%s\t%s\n' --format '@route_show_format' 'text, tsv or json.'
            printf '%s\t%s\t%s\n' --refresh '' 'Ask other machines for their routing tables first.'
        case 'route impact'
            printf '%s\t%s\t%s\n' --samples nothing 'Routes to name, of each server.'
        case schedule
            printf '%s\t%s\t%s\n' --at nothing 'From when on; now if not given.'
        case 'conflicts resolve'
            printf '%s\t%s\t%s\n' --keep '@keep' 'main, conflict or edit.'
            printf '%s\t%s\t%s\n' --from file 'With --keep edit: the text to keep, - for standard input.'
        case history
            printf '%s\t%s\t%s\n' --undelete nothing 'Bring this revision back.'
        case 'import onetouch'
            printf '%s\t%s\t%s\n' --set nothing 'The value of a {{ NAME }} of the template.'
        case 'export systemd'
            printf '%s\t%s\t%s\n' --router-update '' 'Replicate and recalculate every five minutes.'
            printf '%s\t%s\t%s\n' --out folder 'Write the units there, for instance /etc/systemd/system.'
        case serve
            printf '%s\t%s\t%s\n' --stdio '' 'Over standard input and output; the only way there is.'
            printf '%s\t%s\t%s\n' --replica folder 'The replica to answer for.'
            printf '%s\t%s\t%s\n' --peer server 'Who asks: for the forced command of an ssh key.'
    end
end

# Print the commands below the words of a command, with their help.
function __dominocli_commands
    switch $argv[1]
        case ''
            printf '%s\t%s\n' init 'Make a new directory.'
            printf '%s\t%s\n' connection 'Connection documents: SMTP, Local Area Network, Network Dialup, Passthru.'
            printf '%s\t%s\n' domain 'Domain documents: Foreign SMTP, Foreign, Adjacent, Non-adjacent, Global.'
            printf '%s\t%s\n' server 'Server documents.'
            printf '%s\t%s\n' configuration 'Configuration Settings documents.'
            printf '%s\t%s\n' group 'Group documents.'
            printf '%s\t%s\n' replica 'Replicas of the directory: one a server.'
            printf '%s\t%s\n' check 'Check all documents and what holds between them.'
            printf '%s\t%s\n' status 'Show edits, replicas and routing tables that are behind.'
            printf '%s\t%s\n' plan 'Show what replicate would change, and write nothing.'
            printf '%s\t%s\n' replicate 'Replicate with all servers, then recalculate their routing tables.'
            printf '%s\t%s\n' pull 'Replicate, but only pull.'
            printf '%s\t%s\n' push 'Replicate, but only push.'
            printf '%s\t%s\n' recalc 'Recalculate routing tables.'
            printf '%s\t%s\n' tell 'Console wording: tell router update config.'
            printf '%s\t%s\n' route 'Where mail goes, and why.'
            printf '%s\t%s\n' schedule 'Show when the Connections call next.'
            printf '%s\t%s\n' conflicts 'Replication conflicts that were kept.'
            printf '%s\t%s\n' history 'Show the revisions of a document, or bring one back.'
            printf '%s\t%s\n' purge 'Drop the text of deletions older than the purge interval.'
            printf '%s\t%s\n' import 'Bring in documents of a real Domino.'
            printf '%s\t%s\n' export 'Write what other programs read.'
            printf '%s\t%s\n' couchdb 'CouchDB databases as replicas.'
            printf '%s\t%s\n' serve 'Answer another dominocli, over ssh.'
            printf '%s\t%s\n' merge-driver 'Merge two versions of a document for git, field by field.'
            printf '%s\t%s\n' schema 'Write the JSON Schema of a document.'
            printf '%s\t%s\n' completion 'Write the completion script of a shell.'
            printf '%s\t%s\n' help 'Explain a topic: exit-codes, environment, files, assumptions, rule ID.'
            printf '%s\t%s\n' demo 'Build a sample domain and route mail through it.'
        case connection
            printf '%s\t%s\n' add 'Add a Connection document.'
            printf '%s\t%s\n' list 'List the Connection documents.'
            printf '%s\t%s\n' show 'Show a Connection document.'
            printf '%s\t%s\n' edit 'Change a Connection document, or many with --filter.'
            printf '%s\t%s\n' copy 'Copy a Connection document under another name.'
            printf '%s\t%s\n' rename 'Rename a Connection document.'
            printf '%s\t%s\n' delete 'Delete a Connection document.'
            printf '%s\t%s\n' enable 'Enable the schedule of a Connection document.'
            printf '%s\t%s\n' disable 'Disable the schedule of a Connection document.'
            printf '%s\t%s\n' records 'List the Network Dialup records SMTP can dial by.'
        case domain
            printf '%s\t%s\n' add 'Add a Domain document.'
            printf '%s\t%s\n' list 'List the Domain documents.'
            printf '%s\t%s\n' show 'Show a Domain document.'
            printf '%s\t%s\n' edit 'Change a Domain document, or many with --filter.'
            printf '%s\t%s\n' copy 'Copy a Domain document under another name.'
            printf '%s\t%s\n' rename 'Rename a Domain document.'
            printf '%s\t%s\n' delete 'Delete a Domain document.'
        case server
            printf '%s\t%s\n' add 'Add a Server document.'
            printf '%s\t%s\n' list 'List the Server documents.'
            printf '%s\t%s\n' show 'Show a Server document.'
            printf '%s\t%s\n' edit 'Change a Server document, or many with --filter.'
            printf '%s\t%s\n' copy 'Copy a Server document under another name.'
            printf '%s\t%s\n' rename 'Rename a Server document.'
            printf '%s\t%s\n' delete 'Delete a Server document.'
        case configuration
            printf '%s\t%s\n' add 'Add a Configuration document.'
            printf '%s\t%s\n' list 'List the Configuration documents.'
            printf '%s\t%s\n' show 'Show a Configuration document.'
            printf '%s\t%s\n' edit 'Change a Configuration document, or many with --filter.'
            printf '%s\t%s\n' copy 'Copy a Configuration document under another name.'
            printf '%s\t%s\n' rename 'Rename a Configuration document.'
            printf '%s\t%s\n' delete 'Delete a Configuration document.'
        case group
            printf '%s\t%s\n' add 'Add a Group document.'
            printf '%s\t%s\n' list 'List the Group documents.'
            printf '%s\t%s\n' show 'Show a Group document.'
            printf '%s\t%s\n' edit 'Change a Group document, or many with --filter.'
            printf '%s\t%s\n' copy 'Copy a Group document under another name.'
            printf '%s\t%s\n' rename 'Rename a Group document.'
            printf '%s\t%s\n' delete 'Delete a Group document.'
        case replica
            printf '%s\t%s\n' create 'Create the replica of a server.'
            printf '%s\t%s\n' verify 'Confirm where a server\'s replica is.'
            printf '%s\t%s\n' list 'List the servers and their replicas.'
        case route
            printf '%s\t%s\n' explain 'Follow an address hop by hop through the installed routing tables.'
            printf '%s\t%s\n' show 'Show the installed routing table of a server.'
            printf '%s\t%s\n' impact 'Show whose routes change if a document or server goes.'
        case conflicts
            printf '%s\t%s\n' list 'List the conflict documents.'
            printf '%s\t%s\n' show 'Show a conflict field by field.'
            printf '%s\t%s\n' resolve 'Resolve a conflict.'
        case import
            printf '%s\t%s\n' onetouch 'Import a One-touch setup JSON file.'
            printf '%s\t%s\n' dxl 'Import a DXL export of names.nsf.'
        case export
            printf '%s\t%s\n' systemd 'Write the systemd timer that keeps a server up to date.'
        case couchdb
            printf '%s\t%s\n' init 'Make a CouchDB database a replica of this directory.'
    end
end

# Print the kinds of a command's arguments.
function __dominocli_arguments
    switch $argv[1]
        case init
            printf '%s\n' folder
        case 'connection show'
            printf '%s\n' connections
        case 'connection edit'
            printf '%s\n' connections
        case 'connection copy'
            printf '%s\n' connections
            printf '%s\n' nothing
        case 'connection rename'
            printf '%s\n' connections
            printf '%s\n' nothing
        case 'connection delete'
            printf '%s\n' connections
        case 'connection enable'
            printf '%s\n' connections
        case 'connection disable'
            printf '%s\n' connections
        case 'domain show'
            printf '%s\n' domains
        case 'domain edit'
            printf '%s\n' domains
        case 'domain copy'
            printf '%s\n' domains
            printf '%s\n' nothing
        case 'domain rename'
            printf '%s\n' domains
            printf '%s\n' nothing
        case 'domain delete'
            printf '%s\n' domains
        case 'server show'
            printf '%s\n' servers
        case 'server edit'
            printf '%s\n' servers
        case 'server copy'
            printf '%s\n' servers
            printf '%s\n' nothing
        case 'server rename'
            printf '%s\n' servers
            printf '%s\n' nothing
        case 'server delete'
            printf '%s\n' servers
        case 'configuration show'
            printf '%s\n' configurations
        case 'configuration edit'
            printf '%s\n' configurations
        case 'configuration copy'
            printf '%s\n' configurations
            printf '%s\n' nothing
        case 'configuration rename'
            printf '%s\n' configurations
            printf '%s\n' nothing
        case 'configuration delete'
            printf '%s\n' configurations
        case 'group show'
            printf '%s\n' groups
        case 'group edit'
            printf '%s\n' groups
        case 'group copy'
            printf '%s\n' groups
            printf '%s\n' nothing
        case 'group rename'
            printf '%s\n' groups
            printf '%s\n' nothing
        case 'group delete'
            printf '%s\n' groups
        case 'replica create'
            printf '%s\n' server
        case 'replica verify'
            printf '%s\n' server
        case replicate
            printf '%s\n' server
        case pull
            printf '%s\n' server
        case push
            printf '%s\n' server
        case recalc
            printf '%s\n' server
        case tell
            printf '%s\n' '@router'
            printf '%s\n' '@update'
            printf '%s\n' '@config'
        case 'route explain'
            printf '%s\n' nothing
        case 'route show'
            printf '%s\n' server
        case 'route impact'
            printf '%s\n' documents
        case schedule
            printf '%s\n' connections
        case 'conflicts show'
            printf '%s\n' documents
        case 'conflicts resolve'
            printf '%s\n' documents
        case history
            printf '%s\n' documents
        case 'import onetouch'
            printf '%s\n' file
        case 'import dxl'
            printf '%s\n' file
        case 'couchdb init'
            printf '%s\n' nothing
        case merge-driver
            printf '%s\n' nothing
            printf '%s\n' nothing
            printf '%s\n' nothing
            printf '%s\n' nothing
        case schema
            printf '%s\n' '@form'
        case completion
            printf '%s\n' '@shell'
        case help
            printf '%s\n' '@topic'
            printf '%s\n' '@rule'
        case demo
            printf '%s\n' folder
    end
end

# Print the flags of a command.
function __dominocli_flags_of
    switch $argv[1]
        case ''
            __dominocli_flags program
            __dominocli_flags common
            __dominocli_flags help
        case init
            __dominocli_flags init
            __dominocli_flags common
            __dominocli_flags help
        case connection
            __dominocli_flags help
        case 'connection add'
            __dominocli_flags 'connection add'
            __dominocli_flags connection
            __dominocli_flags common
            __dominocli_flags help
        case 'connection list'
            __dominocli_flags 'connection list'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection show'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection edit'
            __dominocli_flags 'connection edit'
            __dominocli_flags connection
            __dominocli_flags common
            __dominocli_flags help
        case 'connection copy'
            __dominocli_flags 'connection copy'
            __dominocli_flags connection
            __dominocli_flags common
            __dominocli_flags help
        case 'connection rename'
            __dominocli_flags 'connection rename'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection delete'
            __dominocli_flags 'connection delete'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection enable'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection disable'
            __dominocli_flags common
            __dominocli_flags help
        case 'connection records'
            __dominocli_flags common
            __dominocli_flags help
        case domain
            __dominocli_flags help
        case 'domain add'
            __dominocli_flags 'domain add'
            __dominocli_flags domain
            __dominocli_flags common
            __dominocli_flags help
        case 'domain list'
            __dominocli_flags 'domain list'
            __dominocli_flags common
            __dominocli_flags help
        case 'domain show'
            __dominocli_flags common
            __dominocli_flags help
        case 'domain edit'
            __dominocli_flags 'domain edit'
            __dominocli_flags domain
            __dominocli_flags common
            __dominocli_flags help
        case 'domain copy'
            __dominocli_flags 'domain copy'
            __dominocli_flags domain
            __dominocli_flags common
            __dominocli_flags help
        case 'domain rename'
            __dominocli_flags 'domain rename'
            __dominocli_flags common
            __dominocli_flags help
        case 'domain delete'
            __dominocli_flags 'domain delete'
            __dominocli_flags common
            __dominocli_flags help
        case server
            __dominocli_flags help
        case 'server add'
            __dominocli_flags 'server add'
            __dominocli_flags server
            __dominocli_flags common
            __dominocli_flags help
        case 'server list'
            __dominocli_flags 'server list'
            __dominocli_flags common
            __dominocli_flags help
        case 'server show'
            __dominocli_flags common
            __dominocli_flags help
        case 'server edit'
            __dominocli_flags 'server edit'
            __dominocli_flags server
            __dominocli_flags common
            __dominocli_flags help
        case 'server copy'
            __dominocli_flags 'server copy'
            __dominocli_flags server
            __dominocli_flags common
            __dominocli_flags help
        case 'server rename'
            __dominocli_flags 'server rename'
            __dominocli_flags common
            __dominocli_flags help
        case 'server delete'
            __dominocli_flags 'server delete'
            __dominocli_flags common
            __dominocli_flags help
        case configuration
            __dominocli_flags help
        case 'configuration add'
            __dominocli_flags 'configuration add'
            __dominocli_flags configuration
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration list'
            __dominocli_flags 'configuration list'
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration show'
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration edit'
            __dominocli_flags 'configuration edit'
            __dominocli_flags configuration
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration copy'
            __dominocli_flags 'configuration copy'
            __dominocli_flags configuration
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration rename'
            __dominocli_flags 'configuration rename'
            __dominocli_flags common
            __dominocli_flags help
        case 'configuration delete'
            __dominocli_flags 'configuration delete'
            __dominocli_flags common
            __dominocli_flags help
        case group
            __dominocli_flags help
        case 'group add'
            __dominocli_flags 'group add'
            __dominocli_flags group
            __dominocli_flags common
            __dominocli_flags help
        case 'group list'
            __dominocli_flags 'group list'
            __dominocli_flags common
            __dominocli_flags help
        case 'group show'
            __dominocli_flags common
            __dominocli_flags help
        case 'group edit'
            __dominocli_flags 'group edit'
            __dominocli_flags group
            __dominocli_flags common
            __dominocli_flags help
        case 'group copy'
            __dominocli_flags 'group copy'
            __dominocli_flags group
            __dominocli_flags common
            __dominocli_flags help
        case 'group rename'
            __dominocli_flags 'group rename'
            __dominocli_flags common
            __dominocli_flags help
        case 'group delete'
            __dominocli_flags 'group delete'
            __dominocli_flags common
            __dominocli_flags help
        case replica
            __dominocli_flags help
        case 'replica create'
            __dominocli_flags 'replica create'
            __dominocli_flags common
            __dominocli_flags help
        case 'replica verify'
            __dominocli_flags 'replica verify'
            __dominocli_flags common
            __dominocli_flags help
        case 'replica list'
            __dominocli_flags common
            __dominocli_flags help
        case check
            __dominocli_flags check
            __dominocli_flags common
            __dominocli_flags help
        case status
            __dominocli_flags status
            __dominocli_flags common
            __dominocli_flags help
        case plan
            __dominocli_flags plan
            __dominocli_flags common
            __dominocli_flags help
        case replicate
            __dominocli_flags replicate
            __dominocli_flags common
            __dominocli_flags help
        case pull
            __dominocli_flags pull
            __dominocli_flags common
            __dominocli_flags help
        case push
            __dominocli_flags push
            __dominocli_flags common
            __dominocli_flags help
        case recalc
            __dominocli_flags common
            __dominocli_flags help
        case tell
            __dominocli_flags common
            __dominocli_flags help
        case route
            __dominocli_flags help
        case 'route explain'
            __dominocli_flags 'route explain'
            __dominocli_flags common
            __dominocli_flags help
        case 'route show'
            __dominocli_flags 'route show'
            __dominocli_flags common
            __dominocli_flags help
        case 'route impact'
            __dominocli_flags 'route impact'
            __dominocli_flags common
            __dominocli_flags help
        case schedule
            __dominocli_flags schedule
            __dominocli_flags common
            __dominocli_flags help
        case conflicts
            __dominocli_flags help
        case 'conflicts list'
            __dominocli_flags common
            __dominocli_flags help
        case 'conflicts show'
            __dominocli_flags common
            __dominocli_flags help
        case 'conflicts resolve'
            __dominocli_flags 'conflicts resolve'
            __dominocli_flags common
            __dominocli_flags help
        case history
            __dominocli_flags history
            __dominocli_flags common
            __dominocli_flags help
        case purge
            __dominocli_flags common
            __dominocli_flags help
        case import
            __dominocli_flags help
        case 'import onetouch'
            __dominocli_flags 'import onetouch'
            __dominocli_flags common
            __dominocli_flags help
        case 'import dxl'
            __dominocli_flags common
            __dominocli_flags help
        case export
            __dominocli_flags help
        case 'export systemd'
            __dominocli_flags 'export systemd'
            __dominocli_flags common
            __dominocli_flags help
        case couchdb
            __dominocli_flags help
        case 'couchdb init'
            __dominocli_flags common
            __dominocli_flags help
        case serve
            __dominocli_flags serve
            __dominocli_flags common
            __dominocli_flags help
        case merge-driver
            __dominocli_flags common
            __dominocli_flags help
        case schema
            __dominocli_flags common
            __dominocli_flags help
        case completion
            __dominocli_flags common
            __dominocli_flags help
        case help
            __dominocli_flags common
            __dominocli_flags help
        case demo
            __dominocli_flags common
            __dominocli_flags help
    end
end

# Tell whether the last argument of a command repeats.
function __dominocli_repeats
    contains -- $argv[1] 'connection delete' 'connection enable' 'connection disable' 'domain delete' 'server delete' 'configuration delete' 'group delete' 'replica create' 'replica verify' replicate pull push recalc
end

# Print the kind of a flag's value among the lines of `__dominocli_flags`, nothing for a switch.
function __dominocli_kind
    set -l flag $argv[1]
    for line in $argv[2..-1]
        set -l parts (string split \t -- $line)
        if test "$parts[1]" = "$flag"
            echo $parts[2]
            return
        end
    end
end

# Print the values of a kind, each after `lead`: the flag and its = where both stand in one word.
function __dominocli_values --argument-names kind lead typed directory
    switch $kind
        case '' nothing
            return
        case '@*'
            set -l lines (__dominocli_keywords (string sub --start 2 -- $kind))
            set -l short
            set -l full
            for line in $lines
                set -l parts (string split \t -- $line)
                set --append short $parts[1]\t$parts[2]
                set --append full $parts[2]
            end
            if string match --quiet --regex --ignore-case -- '^'(string escape --style=regex -- "$typed") $short
                printf '%s\n' "$lead"$short
            else
                printf '%s\n' "$lead"$full
            end
        case file
            __fish_complete_path "$typed" | __dominocli_led "$lead"
        case folder
            __fish_complete_directories "$typed" '' | __dominocli_led "$lead"
        case '*'
            if test -n "$directory"
                set -fx DOMINOCLI_DIRECTORY (string replace --regex '^~/' "$HOME/" -- "$directory")
            end
            command dominocli __complete $kind "$typed" 2>/dev/null </dev/null | __dominocli_led "$lead"
    end
end

# Print the lines read, each after `lead`.
function __dominocli_led --argument-names lead
    while read --local --line name
        printf '%s%s\n' $lead $name
    end
end

function __dominocli_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l current (string unescape -- $typed)
    or set current (string unescape -- (string replace --regex '^["\']' '' -- $typed))
    or set current (string replace --regex '^["\']' '' -- $typed)
    set -l path ''
    set -l pending ''
    set -l flag ''
    set -l directory ''
    set -l only_arguments
    set -l given 0
    set -l commands (__dominocli_commands '')
    set -l flags (__dominocli_flags_of '')
    for word in $words[2..-1]
        if test -n "$pending"
            test "$flag" = --directory; and set directory $word
            set pending ''
        else if not set -q only_arguments[1]; and test "$word" = --
            set only_arguments 1
        else if not set -q only_arguments[1]; and string match --quiet -- '--*=*' $word
            string match --quiet -- '--directory=*' $word; and set directory (string split --max 1 = -- $word)[2]
        else if not set -q only_arguments[1]; and string match --quiet -- '-?*' $word
            set flag $word
            set pending (__dominocli_kind $flag $flags)
        else if string match --quiet --regex -- '^'(string escape --style=regex -- $word)'\t' $commands
            set path (string trim -- "$path $word")
            set commands (__dominocli_commands $path)
            set flags (__dominocli_flags_of $path)
        else
            set given (math $given + 1)
        end
    end
    if test -n "$pending"
        __dominocli_values $pending '' "$current" "$directory"
        return
    end
    if string match --quiet -- '--*=*' $current
        set -l parts (string split --max 1 = -- $current)
        __dominocli_values "$(__dominocli_kind $parts[1] $flags)" $parts[1]= "$parts[2]" "$directory"
        return
    end
    set -q commands[1]; and printf '%s\n' $commands
    set -l arguments (__dominocli_arguments $path)
    if test $given -lt (count $arguments)
        __dominocli_values $arguments[(math $given + 1)] '' "$current" "$directory"
    else if __dominocli_repeats $path
        __dominocli_values $arguments[-1] '' "$current" "$directory"
    end
    if string match --quiet -- '-*' $current; or not set -q commands[1] arguments[1]
        for line in $flags
            set -l parts (string split \t -- $line)
            printf '%s\t%s\n' $parts[1] $parts[3]
        end
    end
end

complete --command dominocli --no-files --arguments '(__dominocli_complete)'
