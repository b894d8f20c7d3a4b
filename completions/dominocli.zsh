#compdef dominocli
# zsh completion for dominocli, written by `dominocli completion zsh`. Keep it as `_dominocli` in a folder of fpath,
# or source it after compinit. Commands, flags and keywords stand in it; only the names of documents and servers are
# asked for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

# Set `short` and `full` to the values of a keyword field, short words with what they stand for.
__dominocli_keywords() {
    case $1 in
        color) short=(auto always never) ;;
        connection_type) short=('smtp:SMTP' 'lan:Local Area Network' 'network-dialup:Network Dialup' 'passthru:Passthru Server') full=('Local Area Network' 'Network Dialup' 'Passthru Server') ;;
        connect_via) short=('direct:Direct connection' 'dial-up:Dial-up connection') full=('Direct connection' 'Dial-up connection') ;;
        usage_priority) short=('normal:Normal' 'low:Low') ;;
        service_type) short=('microsoft-dun:Microsoft DUN' 'macintosh-ppp:Macintosh PPP' 'command:Command') full=('Microsoft DUN' 'Macintosh PPP') ;;
        replication_task) short=('enabled:Enabled' 'disabled:Disabled') ;;
        replicate_databases_of) short=('low:Low & Medium & High' 'medium:Medium & High' 'high:High') full=('Low & Medium & High' 'Medium & High') ;;
        replication_type) short=('pull-push:Pull-Push' 'pull-pull:Pull-Pull' 'push-only:Push-only' 'pull-only:Pull-only') ;;
        routing_task) short=('mail-routing:Mail Routing' 'none:-None-') full=('Mail Routing' -None-) ;;
        router_type) short=('push-only:Push Only' 'pull-only:Pull Only' 'pull-push:Pull Push' 'push-wait:Push Wait') full=('Push Only' 'Pull Only' 'Pull Push' 'Push Wait') ;;
        days_of_week) short=(Sun Mon Tue Wed Thu Fri Sat) ;;
        domain_type) short=('foreign-smtp:Foreign SMTP Domain' 'foreign:Foreign Domain' 'adjacent:Adjacent Domain' 'non-adjacent:Non-adjacent Domain' 'global:Global Domain') full=('Foreign SMTP Domain' 'Foreign Domain' 'Adjacent Domain' 'Non-adjacent Domain' 'Global Domain') ;;
        use_as_default) short=('yes:Yes' 'no:No') ;;
        routing_tasks) short=('mail:Mail Routing' 'smtp:SMTP Mail Routing') full=('Mail Routing' 'SMTP Mail Routing') ;;
        smtp_inside) short=('disabled:Disabled' 'mime:MIME messages only' 'all:All messages') full=('MIME messages only' 'All messages') ;;
        smtp_reachable) short=('always:Always' 'same-network:Only if in same Notes named network') full=('Only if in same Notes named network') ;;
        host_name_lookup) short=('both:Dynamic then local' 'dns:Dynamic lookup only' 'hosts:Local lookup only') full=('Dynamic then local' 'Dynamic lookup only' 'Local lookup only') ;;
        group_type) short=('servers:Servers only' 'multi-purpose:Multi-purpose' 'mail:Mail only' 'acl:Access Control List only' 'deny:Deny List only') full=('Servers only' 'Mail only' 'Access Control List only' 'Deny List only') ;;
        format) short=(text json github sarif) ;;
        router) short=(router) ;;
        update) short=(update) ;;
        config) short=(config) ;;
        priority) short=(high normal low) ;;
        message_type) short=(mime notes) ;;
        route_show_format) short=(text tsv json) ;;
        keep) short=(main conflict edit) ;;
        form) short=(connection domain server configuration group) ;;
        shell) short=(bash zsh fish powershell) ;;
        topic) short=(exit-codes environment files assumptions rule) ;;
        rule) short=(configuration-ambiguous conflict-unresolved connection-delays-network connection-without-pair control-character destination-domain-unknown destination-server-blank destination-server-is-a-group destination-server-is-a-server destination-server-other-domain destination-server-shared dial-up-record-missing dial-up-record-not-found dial-up-record-of-neither-end dial-up-record-on-direct dial-up-record-wrong-type domain-case-differs domain-name-invalid domain-route-redundant global-domain-changed group-loop name-not-hierarchical path-clash pattern-duplicate pattern-invalid pattern-redundant pattern-shadowed pattern-without-dot pull-pull-with-cluster relay-host-invalid replication-scheduled-twice routing-task-none schedule-disabled schedule-empty schedule-never second-pull-connection server-duplicate server-without-replica source-server-other-domain source-server-smtp-outside-disabled source-server-unknown source-server-without-dns source-server-without-smtp syntax time-zone-invalid unid-duplicate unknown-key value-invalid value-missing value-unknown virtual-domain-is-real virtual-domain-unconnected) ;;
    esac
}

# Add a set of flags to `described` with their help, and the kinds of their values to `kinds`.
__dominocli_flags() {
    case $1 in
        help)
            described+=(
                '--help:Show the help.'
                '-h:Show the help.'
            )
            ;;
        program)
            described+=(
                '--version:Show the version.'
            )
            ;;
        common)
            described+=(
                '--json:Write one JSON envelope.'
                '--dry-run:Show what would be done, change nothing.'
                '--no-input:Never ask.'
                '--yes:Take every confirmation as given.'
                '-y:Take every confirmation as given.'
                '--quiet:Write only data and errors.'
                '-q:Write only data and errors.'
                '--verbose:Write more.'
                '-v:Write more.'
                '--debug:Show the traceback of a bug.'
                '--directory:Where the directory is.'
                '--color:auto, always or never.'
                '--detailed-exitcode:Exit 4 where changes are pending.'
            )
            kinds+=(--directory folder --color '@color')
            ;;
        init)
            described+=(
                '--domain:The Notes domain.'
                '--server:Whose replica the folder is.'
                '--title:What the directory is called.'
            )
            kinds+=(--domain nothing --server server --title nothing)
            ;;
        connection)
            described+=(
                '--connection-type:how the two ends reach each other'
                '--source-server:the server that opens the connection'
                '--source-domain:the Notes domain of the source server'
                '--connect-via:a network that is always there, or a line that is raised first'
                '--dial-using-connection-record:the Network Dialup Connection document of the line'
                '--destination-server:the server at the far end; for SMTP a placeholder that is no server'\''s name'
                '--destination-domain:for SMTP the virtual domain of a Foreign SMTP Domain document; else the far Notes domain'
                '--smtp-mta-relay-host:the host all this mail is handed to; blank: the Configuration'\''s relay host, else DNS'
                '--use-ports:the Notes ports the connection may use'
                '--usage-priority:which document a server tries first to reach another; it changes no cost'
                '--optional-network-address:the address of the destination server, where its name alone is not enough'
                '--passthru-server:the server in between that passes the connection on'
                '--service-type:what raises the line; Command names a dialer profile of the machine that dials'
                '--dial-up-networking-name:the entry of the dialer; for Command: the dialer profile in the local configuration'
                '--login-name:the account at the far end; the password stays with the local dialer'
                '--phone-number:the number to dial'
                '--area-code:the area code of the number'
                '--country-code:the country code of the number'
                '--dial-back-phone-number:the number the far end calls back'
                '--replication-task:whether this connection replicates databases'
                '--replicate-databases-of:the replication priorities that take part'
                '--replication-type:who sends what to whom when the two servers replicate'
                '--files-to-replicate:files and folders, no wildcards; blank means all'
                '--replication-time-limit:minutes a replication may take; blank means no limit'
                '--routing-task:whether this connection routes mail; one task carries NRPC and SMTP'
                '--route-at-once-if:so many pending messages open the connection whatever the schedule says'
                '--routing-cost:the cost of this link; the Router takes the least total'
                '--router-type:which of the two servers sends when the connection is open'
                '--schedule:disabled: the document carries no traffic at all'
                '--connect-at-times:a time, a list of times, or ranges; local to the source server'
                '--repeat-interval:minutes between two calls inside a range'
                '--days-of-week:the days the connection is opened, like Mon-Fri'
                '--comments:a note; it routes nothing'
                '--owners:who owns the document'
                '--administrators:who may change the document'
            )
            kinds+=(--connection-type '@connection_type' --source-server server --source-domain nothing --connect-via '@connect_via' --dial-using-connection-record connections --destination-server server --destination-domain nothing --smtp-mta-relay-host nothing --use-ports nothing --usage-priority '@usage_priority' --optional-network-address nothing --passthru-server server --service-type '@service_type' --dial-up-networking-name nothing --login-name nothing --phone-number nothing --area-code nothing --country-code nothing --dial-back-phone-number nothing --replication-task '@replication_task' --replicate-databases-of '@replicate_databases_of' --replication-type '@replication_type' --files-to-replicate nothing --replication-time-limit nothing --routing-task '@routing_task' --route-at-once-if nothing --routing-cost nothing --router-type '@router_type' --schedule '@replication_task' --connect-at-times nothing --repeat-interval nothing --days-of-week '@days_of_week' --comments nothing --owners server --administrators server)
            ;;
        'connection add')
            described+=(
                '--name:The document'\''s name; else made from its values.'
                '--from:Read one TOML document, - for standard input.'
                '--replace:Replace a document of that name.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask even if nothing is missing.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--name nothing --from file)
            ;;
        'connection list')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
            )
            kinds+=(--filter nothing)
            ;;
        'connection edit')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask every field.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--filter nothing)
            ;;
        'connection copy')
            described+=(
                '--strict:Refuse to save with findings.'
            )
            ;;
        'connection rename')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'connection delete')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        domain)
            described+=(
                '--domain-type:what the document says about a domain'
                '--internet-domain:messages addressed to this pattern: *.*, *.acme.com, acme.com'
                '--domain-name:should be routed to this next-hop (virtual) domain'
                '--internet-host:old; leave it blank'
                '--foreign-domain-name:the domain a gateway serves (fax, pager)'
                '--gateway-server-name:the server that runs the gateway'
                '--gateway-mail-file-name:the gateway'\''s mail file'
                '--adjacent-domain-name:the neighbouring domain the restrictions are for; it makes no path by itself'
                '--mail-sent-to-domain:the domain further away'
                '--route-through-domain:the domain in between'
                '--global-domain-name:a name for this group of domains'
                '--use-as-default:whether this one counts where several fit'
                '--domino-domains:the Notes domains that are members'
                '--local-primary-internet-domain:the Internet domain of our own addresses'
                '--alternate-internet-domain-aliases:further Internet domains of ours; *. before a whole subdomain'
                '--allow-from-domains:the previous hop'\''s domain must be one of these; blank allows all'
                '--deny-from-domains:the previous hop'\''s domain must be none of these'
                '--comments:a note; it routes nothing'
                '--owners:who owns the document'
                '--administrators:who may change the document'
            )
            kinds+=(--domain-type '@domain_type' --internet-domain nothing --domain-name nothing --internet-host nothing --foreign-domain-name nothing --gateway-server-name server --gateway-mail-file-name nothing --adjacent-domain-name nothing --mail-sent-to-domain nothing --route-through-domain nothing --global-domain-name nothing --use-as-default '@use_as_default' --domino-domains nothing --local-primary-internet-domain nothing --alternate-internet-domain-aliases nothing --allow-from-domains nothing --deny-from-domains nothing --comments nothing --owners server --administrators server)
            ;;
        'domain add')
            described+=(
                '--name:The document'\''s name; else made from its values.'
                '--from:Read one TOML document, - for standard input.'
                '--replace:Replace a document of that name.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask even if nothing is missing.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--name nothing --from file)
            ;;
        'domain list')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
            )
            kinds+=(--filter nothing)
            ;;
        'domain edit')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask every field.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--filter nothing)
            ;;
        'domain copy')
            described+=(
                '--strict:Refuse to save with findings.'
            )
            ;;
        'domain rename')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'domain delete')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        server)
            described+=(
                '--server-name:the hierarchical name, Hub01/Acme'
                '--server-title:what the server is for'
                '--domain-name:the Notes domain of the server; blank: the domain of this directory'
                '--cluster-name:the cluster the server is in'
                '--fully-qualified-internet-host-name:the server'\''s name in DNS'
                '--routing-tasks:Mail Routing, and SMTP Mail Routing where the server speaks SMTP'
                '--smtp-listener-task:whether the server accepts mail by SMTP'
                '--time-zone:IANA zone of all schedule times of this server; blank: this machine'\''s'
                '--replica:where this server'\''s replica of the directory is: an absolute path or a URL'
                '--port:NAME=NETWORK[,address][,disabled], once for each port'
                '--ports:NAME=NETWORK[,address][,disabled], once for each port'
                '--comments:a note; it routes nothing'
                '--owners:who owns the document'
                '--administrators:who may change the document'
            )
            kinds+=(--server-name nothing --server-title nothing --domain-name nothing --cluster-name nothing --fully-qualified-internet-host-name nothing --routing-tasks '@routing_tasks' --smtp-listener-task '@replication_task' --time-zone nothing --replica folder --port nothing --ports nothing --comments nothing --owners server --administrators server)
            ;;
        'server add')
            described+=(
                '--name:The document'\''s name; else made from its values.'
                '--from:Read one TOML document, - for standard input.'
                '--replace:Replace a document of that name.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask even if nothing is missing.'
                '--legacy:Allow types only servers before 8.5 know.'
                '--notes-network:The Notes network of port TCPIP.'
            )
            kinds+=(--name nothing --from file --notes-network nothing)
            ;;
        'server list')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
            )
            kinds+=(--filter nothing)
            ;;
        'server edit')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask every field.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--filter nothing)
            ;;
        'server copy')
            described+=(
                '--strict:Refuse to save with findings.'
            )
            ;;
        'server rename')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'server delete')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        configuration)
            described+=(
                '--applies-to:* for all servers, a group, or one server'
                '--number-of-mailboxes:mailboxes of the Router'
                '--smtp-outside:whether the server sends mail to the Internet by SMTP itself'
                '--smtp-inside:which messages go by SMTP between our own servers'
                '--smtp-reachable:which of our servers SMTP reaches'
                '--relay-host:the host mail to the Internet is handed to; blank: DNS or the hosts file'
                '--smart-host:the host for local addresses nobody here has'
                '--smart-host-for-all:whether the smart host gets every local address'
                '--host-name-lookup:whether hosts are found by DNS (dynamic), the hosts file (local), or both'
                '--maximum-hop-count:hops after which mail is returned'
                '--low-priority-range:when low priority mail is routed'
                '--initial-retry-interval:minutes until a failed transfer is tried again'
                '--expired-message-purge-interval:minutes between two purges of expired messages'
                '--ignore-message-priority:treat every message as of normal priority'
                '--dynamic-cost-reset-interval:minutes until a connection that failed has its own cost again'
                '--comments:a note; it routes nothing'
                '--owners:who owns the document'
                '--administrators:who may change the document'
            )
            kinds+=(--applies-to server --number-of-mailboxes nothing --smtp-outside '@replication_task' --smtp-inside '@smtp_inside' --smtp-reachable '@smtp_reachable' --relay-host nothing --smart-host nothing --smart-host-for-all '@replication_task' --host-name-lookup '@host_name_lookup' --maximum-hop-count nothing --low-priority-range nothing --initial-retry-interval nothing --expired-message-purge-interval nothing --ignore-message-priority '@replication_task' --dynamic-cost-reset-interval nothing --comments nothing --owners server --administrators server)
            ;;
        'configuration add')
            described+=(
                '--name:The document'\''s name; else made from its values.'
                '--from:Read one TOML document, - for standard input.'
                '--replace:Replace a document of that name.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask even if nothing is missing.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--name nothing --from file)
            ;;
        'configuration list')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
            )
            kinds+=(--filter nothing)
            ;;
        'configuration edit')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask every field.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--filter nothing)
            ;;
        'configuration copy')
            described+=(
                '--strict:Refuse to save with findings.'
            )
            ;;
        'configuration rename')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'configuration delete')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        group)
            described+=(
                '--group-name:the name other documents use'
                '--group-type:what the group is for'
                '--members:servers and groups'
                '--comments:a note; it routes nothing'
                '--owners:who owns the document'
                '--administrators:who may change the document'
            )
            kinds+=(--group-name nothing --group-type '@group_type' --members server --comments nothing --owners server --administrators server)
            ;;
        'group add')
            described+=(
                '--name:The document'\''s name; else made from its values.'
                '--from:Read one TOML document, - for standard input.'
                '--replace:Replace a document of that name.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask even if nothing is missing.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--name nothing --from file)
            ;;
        'group list')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
            )
            kinds+=(--filter nothing)
            ;;
        'group edit')
            described+=(
                '--filter:Only where the field matches; * and ? are wildcards.'
                '--strict:Refuse to save with findings.'
                '--wizard:Ask every field.'
                '--legacy:Allow types only servers before 8.5 know.'
            )
            kinds+=(--filter nothing)
            ;;
        'group copy')
            described+=(
                '--strict:Refuse to save with findings.'
            )
            ;;
        'group rename')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'group delete')
            described+=(
                '--cascade:Follow in the documents that refer to it.'
            )
            ;;
        'replica create')
            described+=(
                '--all:Every server of the domain.'
            )
            ;;
        'replica verify')
            described+=(
                '--all:Every server of the domain.'
            )
            ;;
        check)
            described+=(
                '--format:text, json, github or sarif.'
            )
            kinds+=(--format '@format')
            ;;
        status)
            described+=(
                '--refresh:Ask other machines for their routing tables first.'
            )
            ;;
        plan)
            described+=(
                '--out:Keep the plan, for replicate --plan.'
            )
            kinds+=(--out file)
            ;;
        replicate)
            described+=(
                '--pull-only:Only fetch.'
                '--push-only:Only send.'
                '--no-recalc:Leave the routing tables as they are.'
                '--allow-mass-delete:Take it for meant that most documents are gone.'
                '--plan:Only if this plan still holds.'
                '--through:Let this server replicate with the others for us.'
            )
            kinds+=(--plan file --through server)
            ;;
        pull)
            described+=(
                '--no-recalc:Leave the routing tables as they are.'
                '--allow-mass-delete:Take it for meant that most documents are gone.'
            )
            ;;
        push)
            described+=(
                '--no-recalc:Leave the routing tables as they are.'
                '--allow-mass-delete:Take it for meant that most documents are gone.'
            )
            ;;
        'route explain')
            described+=(
                '--from:Where the message is.'
                '--to-server:A server, not an address.'
                '--priority:high, normal or low.'
                '--message-type:mime or notes.'
                '--at:When the message is there; now if not given.'
                '--what-if:By the documents as they are now, recorded and installed or not.'
                '--without:What if this server or document were gone; repeats.'
                '--refresh:Ask other machines for their routing tables first.'
            )
            kinds+=(--from server --to-server server --priority '@priority' --message-type '@message_type' --at nothing --without documents)
            ;;
        'route show')
            described+=(
                '--filter:Only rows whose field matches; * and ? are wildcards.'
                '--sort:Order by a field; -FIELD from the end.'
                '--format:text, tsv or json.'
                '--refresh:Ask other machines for their routing tables first.'
            )
            kinds+=(--filter nothing --sort nothing --format '@route_show_format')
            ;;
        'route impact')
            described+=(
                '--samples:Routes to name, of each server.'
            )
            kinds+=(--samples nothing)
            ;;
        schedule)
            described+=(
                '--at:From when on; now if not given.'
            )
            kinds+=(--at nothing)
            ;;
        'conflicts resolve')
            described+=(
                '--keep:main, conflict or edit.'
                '--from:With --keep edit: the text to keep, - for standard input.'
            )
            kinds+=(--keep '@keep' --from file)
            ;;
        history)
            described+=(
                '--undelete:Bring this revision back.'
            )
            kinds+=(--undelete nothing)
            ;;
        'import onetouch')
            described+=(
                '--set:The value of a {{ NAME }} of the template.'
            )
            kinds+=(--set nothing)
            ;;
        'export systemd')
            described+=(
                '--router-update:Replicate and recalculate every five minutes.'
                '--out:Write the units there, for instance /etc/systemd/system.'
            )
            kinds+=(--out folder)
            ;;
        serve)
            described+=(
                '--stdio:Over standard input and output; the only way there is.'
                '--replica:The replica to answer for.'
                '--peer:Who asks: for the forced command of an ssh key.'
            )
            kinds+=(--replica folder --peer server)
            ;;
    esac
}

# Set what may follow the words of a command.
__dominocli_table() {
    local flag_set
    local -a sets
    commands=() described=() arguments=() kinds=() repeats=''
    case $1 in
        '')
            commands=(
                'init:Make a new directory.'
                'connection:Connection documents: SMTP, Local Area Network, Network Dialup, Passthru.'
                'domain:Domain documents: Foreign SMTP, Foreign, Adjacent, Non-adjacent, Global.'
                'server:Server documents.'
                'configuration:Configuration Settings documents.'
                'group:Group documents.'
                'replica:Replicas of the directory: one a server.'
                'check:Check all documents and what holds between them.'
                'status:Show edits, replicas and routing tables that are behind.'
                'plan:Show what replicate would change, and write nothing.'
                'replicate:Replicate with all servers, then recalculate their routing tables.'
                'pull:Replicate, but only pull.'
                'push:Replicate, but only push.'
                'recalc:Recalculate routing tables.'
                'tell:Console wording: tell router update config.'
                'route:Where mail goes, and why.'
                'schedule:Show when the Connections call next.'
                'conflicts:Replication conflicts that were kept.'
                'history:Show the revisions of a document, or bring one back.'
                'purge:Drop the text of deletions older than the purge interval.'
                'import:Bring in documents of a real Domino.'
                'export:Write what other programs read.'
                'couchdb:CouchDB databases as replicas.'
                'serve:Answer another dominocli, over ssh.'
                'merge-driver:Merge two versions of a document for git, field by field.'
                'schema:Write the JSON Schema of a document.'
                'completion:Write the completion script of a shell.'
                'help:Explain a topic: exit-codes, environment, files, assumptions, rule ID.'
                'demo:Build a sample domain and route mail through it.'
            )
            sets=(program common help)
            ;;
        init)
            arguments=(folder)
            sets=(init common help)
            ;;
        connection)
            commands=(
                'add:Add a Connection document.'
                'list:List the Connection documents.'
                'show:Show a Connection document.'
                'edit:Change a Connection document, or many with --filter.'
                'copy:Copy a Connection document under another name.'
                'rename:Rename a Connection document.'
                'delete:Delete a Connection document.'
                'enable:Enable the schedule of a Connection document.'
                'disable:Disable the schedule of a Connection document.'
                'records:List the Network Dialup records SMTP can dial by.'
            )
            sets=(help)
            ;;
        'connection add')
            sets=('connection add' connection common help)
            ;;
        'connection list')
            sets=('connection list' common help)
            ;;
        'connection show')
            arguments=(connections)
            sets=(common help)
            ;;
        'connection edit')
            arguments=(connections)
            sets=('connection edit' connection common help)
            ;;
        'connection copy')
            arguments=(connections nothing)
            sets=('connection copy' connection common help)
            ;;
        'connection rename')
            arguments=(connections nothing)
            sets=('connection rename' common help)
            ;;
        'connection delete')
            arguments=(connections)
            repeats=1
            sets=('connection delete' common help)
            ;;
        'connection enable')
            arguments=(connections)
            repeats=1
            sets=(common help)
            ;;
        'connection disable')
            arguments=(connections)
            repeats=1
            sets=(common help)
            ;;
        'connection records')
            sets=(common help)
            ;;
        domain)
            commands=(
                'add:Add a Domain document.'
                'list:List the Domain documents.'
                'show:Show a Domain document.'
                'edit:Change a Domain document, or many with --filter.'
                'copy:Copy a Domain document under another name.'
                'rename:Rename a Domain document.'
                'delete:Delete a Domain document.'
            )
            sets=(help)
            ;;
        'domain add')
            sets=('domain add' domain common help)
            ;;
        'domain list')
            sets=('domain list' common help)
            ;;
        'domain show')
            arguments=(domains)
            sets=(common help)
            ;;
        'domain edit')
            arguments=(domains)
            sets=('domain edit' domain common help)
            ;;
        'domain copy')
            arguments=(domains nothing)
            sets=('domain copy' domain common help)
            ;;
        'domain rename')
            arguments=(domains nothing)
            sets=('domain rename' common help)
            ;;
        'domain delete')
            arguments=(domains)
            repeats=1
            sets=('domain delete' common help)
            ;;
        server)
            commands=(
                'add:Add a Server document.'
                'list:List the Server documents.'
                'show:Show a Server document.'
                'edit:Change a Server document, or many with --filter.'
                'copy:Copy a Server document under another name.'
                'rename:Rename a Server document.'
                'delete:Delete a Server document.'
            )
            sets=(help)
            ;;
        'server add')
            sets=('server add' server common help)
            ;;
        'server list')
            sets=('server list' common help)
            ;;
        'server show')
            arguments=(servers)
            sets=(common help)
            ;;
        'server edit')
            arguments=(servers)
            sets=('server edit' server common help)
            ;;
        'server copy')
            arguments=(servers nothing)
            sets=('server copy' server common help)
            ;;
        'server rename')
            arguments=(servers nothing)
            sets=('server rename' common help)
            ;;
        'server delete')
            arguments=(servers)
            repeats=1
            sets=('server delete' common help)
            ;;
        configuration)
            commands=(
                'add:Add a Configuration document.'
                'list:List the Configuration documents.'
                'show:Show a Configuration document.'
                'edit:Change a Configuration document, or many with --filter.'
                'copy:Copy a Configuration document under another name.'
                'rename:Rename a Configuration document.'
                'delete:Delete a Configuration document.'
            )
            sets=(help)
            ;;
        'configuration add')
            sets=('configuration add' configuration common help)
            ;;
        'configuration list')
            sets=('configuration list' common help)
            ;;
        'configuration show')
            arguments=(configurations)
            sets=(common help)
            ;;
        'configuration edit')
            arguments=(configurations)
            sets=('configuration edit' configuration common help)
            ;;
        'configuration copy')
            arguments=(configurations nothing)
            sets=('configuration copy' configuration common help)
            ;;
        'configuration rename')
            arguments=(configurations nothing)
            sets=('configuration rename' common help)
            ;;
        'configuration delete')
            arguments=(configurations)
            repeats=1
            sets=('configuration delete' common help)
            ;;
        group)
            commands=(
                'add:Add a Group document.'
                'list:List the Group documents.'
                'show:Show a Group document.'
                'edit:Change a Group document, or many with --filter.'
                'copy:Copy a Group document under another name.'
                'rename:Rename a Group document.'
                'delete:Delete a Group document.'
            )
            sets=(help)
            ;;
        'group add')
            sets=('group add' group common help)
            ;;
        'group list')
            sets=('group list' common help)
            ;;
        'group show')
            arguments=(groups)
            sets=(common help)
            ;;
        'group edit')
            arguments=(groups)
            sets=('group edit' group common help)
            ;;
        'group copy')
            arguments=(groups nothing)
            sets=('group copy' group common help)
            ;;
        'group rename')
            arguments=(groups nothing)
            sets=('group rename' common help)
            ;;
        'group delete')
            arguments=(groups)
            repeats=1
            sets=('group delete' common help)
            ;;
        replica)
            commands=(
                'create:Create the replica of a server.'
                'verify:Confirm where a server'\''s replica is.'
                'list:List the servers and their replicas.'
            )
            sets=(help)
            ;;
        'replica create')
            arguments=(server)
            repeats=1
            sets=('replica create' common help)
            ;;
        'replica verify')
            arguments=(server)
            repeats=1
            sets=('replica verify' common help)
            ;;
        'replica list')
            sets=(common help)
            ;;
        check)
            sets=(check common help)
            ;;
        status)
            sets=(status common help)
            ;;
        plan)
            sets=(plan common help)
            ;;
        replicate)
            arguments=(server)
            repeats=1
            sets=(replicate common help)
            ;;
        pull)
            arguments=(server)
            repeats=1
            sets=(pull common help)
            ;;
        push)
            arguments=(server)
            repeats=1
            sets=(push common help)
            ;;
        recalc)
            arguments=(server)
            repeats=1
            sets=(common help)
            ;;
        tell)
            arguments=('@router' '@update' '@config')
            sets=(common help)
            ;;
        route)
            commands=(
                'explain:Follow an address hop by hop through the installed routing tables.'
                'show:Show the installed routing table of a server.'
                'impact:Show whose routes change if a document or server goes.'
            )
            sets=(help)
            ;;
        'route explain')
            arguments=(nothing)
            sets=('route explain' common help)
            ;;
        'route show')
            arguments=(server)
            sets=('route show' common help)
            ;;
        'route impact')
            arguments=(documents)
            sets=('route impact' common help)
            ;;
        schedule)
            arguments=(connections)
            sets=(schedule common help)
            ;;
        conflicts)
            commands=(
                'list:List the conflict documents.'
                'show:Show a conflict field by field.'
                'resolve:Resolve a conflict.'
            )
            sets=(help)
            ;;
        'conflicts list')
            sets=(common help)
            ;;
        'conflicts show')
            arguments=(documents)
            sets=(common help)
            ;;
        'conflicts resolve')
            arguments=(documents)
            sets=('conflicts resolve' common help)
            ;;
        history)
            arguments=(documents)
            sets=(history common help)
            ;;
        purge)
            sets=(common help)
            ;;
        import)
            commands=(
                'onetouch:Import a One-touch setup JSON file.'
                'dxl:Import a DXL export of names.nsf.'
            )
            sets=(help)
            ;;
        'import onetouch')
            arguments=(file)
            sets=('import onetouch' common help)
            ;;
        'import dxl')
            arguments=(file)
            sets=(common help)
            ;;
        export)
            commands=(
                'systemd:Write the systemd timer that keeps a server up to date.'
            )
            sets=(help)
            ;;
        'export systemd')
            sets=('export systemd' common help)
            ;;
        couchdb)
            commands=(
                'init:Make a CouchDB database a replica of this directory.'
            )
            sets=(help)
            ;;
        'couchdb init')
            arguments=(nothing)
            sets=(common help)
            ;;
        serve)
            sets=(serve common help)
            ;;
        merge-driver)
            arguments=(nothing nothing nothing nothing)
            sets=(common help)
            ;;
        schema)
            arguments=('@form')
            sets=(common help)
            ;;
        completion)
            arguments=('@shell')
            sets=(common help)
            ;;
        help)
            arguments=('@topic' '@rule')
            sets=(common help)
            ;;
        demo)
            arguments=(folder)
            sets=(common help)
            ;;
    esac
    for flag_set in "${sets[@]}"; do
        __dominocli_flags "$flag_set"
    done
}

# Offer values of a kind.
__dominocli_values() {
    local kind=$1 quote=${compstate[quote]} prefix
    local -a short full names
    case $kind in
        '' | nothing) return 1 ;;
        @*)
            __dominocli_keywords ${kind#@}
            _describe -t values value short || compadd -M "$either_case" -- "${full[@]}"
            ;;
        file) _files ;;
        folder) _files -/ ;;
        *)
            prefix=$quote$PREFIX$quote
            prefix=${(Q)prefix}
            if [[ -n $directory ]]; then
                local -x DOMINOCLI_DIRECTORY=${directory/#\~\//$HOME/}
            fi
            names=("${(@f)$(command dominocli __complete "$kind" "$prefix" 2> /dev/null < /dev/null)}")
            names=("${(@)names:#}")
            (( ${#names} )) && compadd -M "$either_case" -- "${names[@]}"
            ;;
    esac
}

_dominocli() {
    local either_case='m:{[:lower:][:upper:]}={[:upper:][:lower:]}'
    local path_words='' word flag='' pending='' directory='' only_arguments='' entry kind repeats='' result=1
    local -a commands flags described arguments
    local -A kinds
    integer given=0
    __dominocli_table ''
    for word in "${(@)words[2,CURRENT-1]}"; do
        word=${(Q)word}
        if [[ -n $pending ]]; then
            [[ $flag == --directory ]] && directory=$word
            pending=''
        elif [[ -z $only_arguments && $word == -- ]]; then
            only_arguments=1
        elif [[ -z $only_arguments && $word == --*=* ]]; then
            [[ $word == --directory=* ]] && directory=${word#*=}
        elif [[ -z $only_arguments && $word == -?* ]]; then
            flag=$word
            pending=${kinds[$flag]}
        elif (( ${commands[(I)$word:*]} )); then
            path_words=${path_words:+$path_words }$word
            __dominocli_table $path_words
        else
            (( given += 1 ))
        fi
    done
    if [[ -n $pending ]]; then
        __dominocli_values $pending
        return
    fi
    if [[ $PREFIX == --*=* ]]; then
        flag=${PREFIX%%=*}
        kind=${kinds[$flag]}
        compset -P "$flag="
        __dominocli_values $kind
        return
    fi
    if (( ${#commands} )); then
        _describe -t commands command commands && result=0
    fi
    if (( given < ${#arguments} )); then
        __dominocli_values ${arguments[given + 1]} && result=0
    elif [[ -n $repeats ]]; then
        __dominocli_values ${arguments[-1]} && result=0
    fi
    if [[ $PREFIX == -* ]] || (( ${#commands} + ${#arguments} == 0 )); then
        _describe -o -t options option described && result=0
    fi
    return result
}

if [[ ${funcstack[1]} == _dominocli ]]; then
    _dominocli "$@"
else
    compdef _dominocli dominocli
fi
