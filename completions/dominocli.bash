# bash completion for dominocli, written by `dominocli completion bash`. Source it, or keep it as `dominocli`
# among the completions of bash. Commands, flags and keywords stand in it; only the names of documents and
# servers are asked for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

# Set `short` and `full` to the values of a keyword field.
__dominocli_keywords() {
    full=()
    case $1 in
        color) short=(auto always never) ;;
        connection_type) short=(smtp lan network-dialup passthru) full=('Local Area Network' 'Network Dialup' 'Passthru Server') ;;
        connect_via) short=(direct dial-up) full=('Direct connection' 'Dial-up connection') ;;
        usage_priority) short=(normal low) ;;
        service_type) short=(microsoft-dun macintosh-ppp command) full=('Microsoft DUN' 'Macintosh PPP') ;;
        replication_task) short=(enabled disabled) ;;
        replicate_databases_of) short=(low medium high) full=('Low & Medium & High' 'Medium & High') ;;
        replication_type) short=(pull-push pull-pull push-only pull-only) ;;
        routing_task) short=(mail-routing none) full=('Mail Routing' -None-) ;;
        router_type) short=(push-only pull-only pull-push push-wait) full=('Push Only' 'Pull Only' 'Pull Push' 'Push Wait') ;;
        days_of_week) short=(Sun Mon Tue Wed Thu Fri Sat) ;;
        domain_type) short=(foreign-smtp foreign adjacent non-adjacent global) full=('Foreign SMTP Domain' 'Foreign Domain' 'Adjacent Domain' 'Non-adjacent Domain' 'Global Domain') ;;
        use_as_default) short=(yes no) ;;
        routing_tasks) short=(mail smtp) full=('Mail Routing' 'SMTP Mail Routing') ;;
        smtp_inside) short=(disabled mime all) full=('MIME messages only' 'All messages') ;;
        smtp_reachable) short=(always same-network) full=('Only if in same Notes named network') ;;
        host_name_lookup) short=(both dns hosts) full=('Dynamic then local' 'Dynamic lookup only' 'Local lookup only') ;;
        group_type) short=(servers multi-purpose mail acl deny) full=('Servers only' 'Mail only' 'Access Control List only' 'Deny List only') ;;
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
        *) short=() ;;
    esac
}

# Add a set of flags: `options` take a value of the kind behind =, `switches` none.
__dominocli_flags() {
    case $1 in
        help) switches+=' --help -h' ;;
        program) switches+=' --version' ;;
        common) options+=' --directory=folder --color=@color' switches+=' --json --dry-run --no-input --yes -y --quiet -q --verbose -v --debug --detailed-exitcode' ;;
        init) options+=' --domain=nothing --server=server --title=nothing' ;;
        connection) options+=' --connection-type=@connection_type --source-server=server --source-domain=nothing --connect-via=@connect_via --dial-using-connection-record=connections --destination-server=server --destination-domain=nothing --smtp-mta-relay-host=nothing --use-ports=nothing --usage-priority=@usage_priority --optional-network-address=nothing --passthru-server=server --service-type=@service_type --dial-up-networking-name=nothing --login-name=nothing --phone-number=nothing --area-code=nothing --country-code=nothing --dial-back-phone-number=nothing --replication-task=@replication_task --replicate-databases-of=@replicate_databases_of --replication-type=@replication_type --files-to-replicate=nothing --replication-time-limit=nothing --routing-task=@routing_task --route-at-once-if=nothing --routing-cost=nothing --router-type=@router_type --schedule=@replication_task --connect-at-times=nothing --repeat-interval=nothing --days-of-week=@days_of_week --comments=nothing --owners=server --administrators=server' ;;
        'connection add') options+=' --name=nothing --from=file' switches+=' --replace --strict --wizard --legacy' ;;
        'connection list') options+=' --filter=nothing' ;;
        'connection edit') options+=' --filter=nothing' switches+=' --strict --wizard --legacy' ;;
        'connection copy') switches+=' --strict' ;;
        'connection rename') switches+=' --cascade' ;;
        'connection delete') switches+=' --cascade' ;;
        domain) options+=' --domain-type=@domain_type --internet-domain=nothing --domain-name=nothing --internet-host=nothing --foreign-domain-name=nothing --gateway-server-name=server --gateway-mail-file-name=nothing --adjacent-domain-name=nothing --mail-sent-to-domain=nothing --route-through-domain=nothing --global-domain-name=nothing --use-as-default=@use_as_default --domino-domains=nothing --local-primary-internet-domain=nothing --alternate-internet-domain-aliases=nothing --allow-from-domains=nothing --deny-from-domains=nothing --comments=nothing --owners=server --administrators=server' ;;
        'domain add') options+=' --name=nothing --from=file' switches+=' --replace --strict --wizard --legacy' ;;
        'domain list') options+=' --filter=nothing' ;;
        'domain edit') options+=' --filter=nothing' switches+=' --strict --wizard --legacy' ;;
        'domain copy') switches+=' --strict' ;;
        'domain rename') switches+=' --cascade' ;;
        'domain delete') switches+=' --cascade' ;;
        server) options+=' --server-name=nothing --server-title=nothing --domain-name=nothing --cluster-name=nothing --fully-qualified-internet-host-name=nothing --routing-tasks=@routing_tasks --smtp-listener-task=@replication_task --time-zone=nothing --replica=folder --port=nothing --ports=nothing --comments=nothing --owners=server --administrators=server' ;;
        'server add') options+=' --name=nothing --from=file --notes-network=nothing' switches+=' --replace --strict --wizard --legacy' ;;
        'server list') options+=' --filter=nothing' ;;
        'server edit') options+=' --filter=nothing' switches+=' --strict --wizard --legacy' ;;
        'server copy') switches+=' --strict' ;;
        'server rename') switches+=' --cascade' ;;
        'server delete') switches+=' --cascade' ;;
        configuration) options+=' --applies-to=server --number-of-mailboxes=nothing --smtp-outside=@replication_task --smtp-inside=@smtp_inside --smtp-reachable=@smtp_reachable --relay-host=nothing --smart-host=nothing --smart-host-for-all=@replication_task --host-name-lookup=@host_name_lookup --maximum-hop-count=nothing --low-priority-range=nothing --initial-retry-interval=nothing --expired-message-purge-interval=nothing --ignore-message-priority=@replication_task --dynamic-cost-reset-interval=nothing --comments=nothing --owners=server --administrators=server' ;;
        'configuration add') options+=' --name=nothing --from=file' switches+=' --replace --strict --wizard --legacy' ;;
        'configuration list') options+=' --filter=nothing' ;;
        'configuration edit') options+=' --filter=nothing' switches+=' --strict --wizard --legacy' ;;
        'configuration copy') switches+=' --strict' ;;
        'configuration rename') switches+=' --cascade' ;;
        'configuration delete') switches+=' --cascade' ;;
        group) options+=' --group-name=nothing --group-type=@group_type --members=server --comments=nothing --owners=server --administrators=server' ;;
        'group add') options+=' --name=nothing --from=file' switches+=' --replace --strict --wizard --legacy' ;;
        'group list') options+=' --filter=nothing' ;;
        'group edit') options+=' --filter=nothing' switches+=' --strict --wizard --legacy' ;;
        'group copy') switches+=' --strict' ;;
        'group rename') switches+=' --cascade' ;;
        'group delete') switches+=' --cascade' ;;
        'replica create') switches+=' --all' ;;
        'replica verify') switches+=' --all' ;;
        check) options+=' --format=@format' ;;
        status) switches+=' --refresh' ;;
        plan) options+=' --out=file' ;;
        replicate) options+=' --plan=file --through=server' switches+=' --pull-only --push-only --no-recalc --allow-mass-delete' ;;
        pull) switches+=' --no-recalc --allow-mass-delete' ;;
        push) switches+=' --no-recalc --allow-mass-delete' ;;
        'route explain') options+=' --from=server --to-server=server --priority=@priority --message-type=@message_type --at=nothing --without=documents' switches+=' --what-if --refresh' ;;
        'route show') options+=' --filter=nothing --sort=nothing --format=@route_show_format' switches+=' --refresh' ;;
        'route impact') options+=' --samples=nothing' ;;
        schedule) options+=' --at=nothing' ;;
        'conflicts resolve') options+=' --keep=@keep --from=file' ;;
        history) options+=' --undelete=nothing' ;;
        'import onetouch') options+=' --set=nothing' ;;
        'export systemd') options+=' --out=folder' switches+=' --router-update' ;;
        serve) options+=' --replica=folder --peer=server' switches+=' --stdio' ;;
    esac
}

# Set what may follow the words of a command.
__dominocli_table() {
    local set sets=''
    commands='' options='' switches='' arguments='' repeats=''
    case $1 in
        '') commands='init connection domain server configuration group replica check status plan replicate pull push recalc tell route schedule conflicts history purge import export couchdb serve merge-driver schema completion help demo' sets='program,common,help' ;;
        init) arguments='folder' sets='init,common,help' ;;
        connection) commands='add list show edit copy rename delete enable disable records' sets='help' ;;
        'connection add') sets='connection add,connection,common,help' ;;
        'connection list') sets='connection list,common,help' ;;
        'connection show') arguments='connections' sets='common,help' ;;
        'connection edit') arguments='connections' sets='connection edit,connection,common,help' ;;
        'connection copy') arguments='connections nothing' sets='connection copy,connection,common,help' ;;
        'connection rename') arguments='connections nothing' sets='connection rename,common,help' ;;
        'connection delete') arguments='connections' repeats=1 sets='connection delete,common,help' ;;
        'connection enable') arguments='connections' repeats=1 sets='common,help' ;;
        'connection disable') arguments='connections' repeats=1 sets='common,help' ;;
        'connection records') sets='common,help' ;;
        domain) commands='add list show edit copy rename delete' sets='help' ;;
        'domain add') sets='domain add,domain,common,help' ;;
        'domain list') sets='domain list,common,help' ;;
        'domain show') arguments='domains' sets='common,help' ;;
        'domain edit') arguments='domains' sets='domain edit,domain,common,help' ;;
        'domain copy') arguments='domains nothing' sets='domain copy,domain,common,help' ;;
        'domain rename') arguments='domains nothing' sets='domain rename,common,help' ;;
        'domain delete') arguments='domains' repeats=1 sets='domain delete,common,help' ;;
        server) commands='add list show edit copy rename delete' sets='help' ;;
        'server add') sets='server add,server,common,help' ;;
        'server list') sets='server list,common,help' ;;
        'server show') arguments='servers' sets='common,help' ;;
        'server edit') arguments='servers' sets='server edit,server,common,help' ;;
        'server copy') arguments='servers nothing' sets='server copy,server,common,help' ;;
        'server rename') arguments='servers nothing' sets='server rename,common,help' ;;
        'server delete') arguments='servers' repeats=1 sets='server delete,common,help' ;;
        configuration) commands='add list show edit copy rename delete' sets='help' ;;
        'configuration add') sets='configuration add,configuration,common,help' ;;
        'configuration list') sets='configuration list,common,help' ;;
        'configuration show') arguments='configurations' sets='common,help' ;;
        'configuration edit') arguments='configurations' sets='configuration edit,configuration,common,help' ;;
        'configuration copy') arguments='configurations nothing' sets='configuration copy,configuration,common,help' ;;
        'configuration rename') arguments='configurations nothing' sets='configuration rename,common,help' ;;
        'configuration delete') arguments='configurations' repeats=1 sets='configuration delete,common,help' ;;
        group) commands='add list show edit copy rename delete' sets='help' ;;
        'group add') sets='group add,group,common,help' ;;
        'group list') sets='group list,common,help' ;;
        'group show') arguments='groups' sets='common,help' ;;
        'group edit') arguments='groups' sets='group edit,group,common,help' ;;
        'group copy') arguments='groups nothing' sets='group copy,group,common,help' ;;
        'group rename') arguments='groups nothing' sets='group rename,common,help' ;;
        'group delete') arguments='groups' repeats=1 sets='group delete,common,help' ;;
        replica) commands='create verify list' sets='help' ;;
        'replica create') arguments='server' repeats=1 sets='replica create,common,help' ;;
        'replica verify') arguments='server' repeats=1 sets='replica verify,common,help' ;;
        'replica list') sets='common,help' ;;
        check) sets='check,common,help' ;;
        status) sets='status,common,help' ;;
        plan) sets='plan,common,help' ;;
        replicate) arguments='server' repeats=1 sets='replicate,common,help' ;;
        pull) arguments='server' repeats=1 sets='pull,common,help' ;;
        push) arguments='server' repeats=1 sets='push,common,help' ;;
        recalc) arguments='server' repeats=1 sets='common,help' ;;
        tell) arguments='@router @update @config' sets='common,help' ;;
        route) commands='explain show impact' sets='help' ;;
        'route explain') arguments='nothing' sets='route explain,common,help' ;;
        'route show') arguments='server' sets='route show,common,help' ;;
        'route impact') arguments='documents' sets='route impact,common,help' ;;
        schedule) arguments='connections' sets='schedule,common,help' ;;
        conflicts) commands='list show resolve' sets='help' ;;
        'conflicts list') sets='common,help' ;;
        'conflicts show') arguments='documents' sets='common,help' ;;
        'conflicts resolve') arguments='documents' sets='conflicts resolve,common,help' ;;
        history) arguments='documents' sets='history,common,help' ;;
        purge) sets='common,help' ;;
        import) commands='onetouch dxl' sets='help' ;;
        'import onetouch') arguments='file' sets='import onetouch,common,help' ;;
        'import dxl') arguments='file' sets='common,help' ;;
        export) commands='systemd' sets='help' ;;
        'export systemd') sets='export systemd,common,help' ;;
        couchdb) commands='init' sets='help' ;;
        'couchdb init') arguments='nothing' sets='common,help' ;;
        serve) sets='serve,common,help' ;;
        merge-driver) arguments='nothing nothing nothing nothing' sets='common,help' ;;
        schema) arguments='@form' sets='common,help' ;;
        completion) arguments='@shell' sets='common,help' ;;
        help) arguments='@topic @rule' sets='common,help' ;;
        demo) arguments='folder' sets='common,help' ;;
    esac
    local IFS=,
    for set in $sets; do
        __dominocli_flags "$set"
    done
}

# Read the line up to the cursor as the shell would, but expand nothing. `words` are the finished words and
# `current` the one being typed, without quotes; `before` is the part of it that readline keeps (it replaces only
# what follows the last = or : of the word); `open` is the quote that is not closed yet.
__dominocli_read() {
    local line=$1 kept=$2 i character word='' begun='' escaped=''
    words=() before='' open=''
    for ((i = 0; i <= ${#line}; i++)); do
        if ((i == kept)); then
            before=$word
        fi
        character=${line:i:1}
        if [[ -n $escaped ]]; then
            if [[ $open == '"' && $character != [\"\\\`\$] ]]; then
                word+=\\
            fi
            word+=$character escaped='' begun=1
        elif [[ $character == \\ && $open != "'" ]]; then
            escaped=1 begun=1
        elif [[ -n $open && $character == "$open" ]]; then
            open=''
        elif [[ -z $open && $character == [\'\"] ]]; then
            open=$character begun=1
        elif [[ -z $open && $character == [[:space:]] ]]; then
            if [[ -n $begun ]]; then
                words+=("$word")
            fi
            word='' begun=''
        else
            word+=$character
            if [[ -n $character ]]; then
                begun=1
            fi
        fi
    done
    current=$word
}

# Find the command the words name: its words in `path`, how many arguments it has so far in `given`, the kind of
# the value the last flag still waits for in `pending`, the folder of --directory in `directory`.
__dominocli_follow() {
    local word flag only_arguments=''
    path='' given=0 pending='' directory=''
    __dominocli_table ''
    for word in "${words[@]:1}"; do
        if [[ -n $pending ]]; then
            if [[ $flag == --directory ]]; then
                directory=$word
            fi
            pending=''
        elif [[ -z $only_arguments && $word == -- ]]; then
            only_arguments=1
        elif [[ -z $only_arguments && $word == --*=* ]]; then
            if [[ $word == --directory=* ]]; then
                directory=${word#*=}
            fi
        elif [[ -z $only_arguments && $word == -?* ]]; then
            flag=$word
            __dominocli_kind "$flag"
            pending=$kind
        elif [[ -n $commands && " $commands " == *" $word "* ]]; then
            path="${path:+$path }$word"
            __dominocli_table "$path"
        else
            given=$((given + 1))
        fi
    done
}

# Set `kind` to the kind of a flag's value, '' for a switch.
__dominocli_kind() {
    local entry
    kind=''
    for entry in $options; do
        if [[ ${entry%%=*} == "$1" ]]; then
            kind=${entry#*=}
        fi
    done
}

# Offer a text that begins as what was typed, in either case. What readline keeps is cut off, the rest is quoted.
__dominocli_offer() {
    local text=$1 rest escaped='' i character fits=''
    shopt -s nocasematch
    if [[ ${text:0:${#current}} == "$current" ]]; then
        fits=1
    fi
    if [[ -z $either_case ]]; then
        shopt -u nocasematch
    fi
    if [[ -z $fits ]]; then
        return
    fi
    rest=${text:${#before}}
    case $open in
        '')
            if [[ -n $rest ]]; then
                printf -v rest %q "$rest"
            fi
            ;;
        *)
            for ((i = 0; i < ${#rest}; i++)); do
                character=${rest:i:1}
                case $open$character in
                    "''") escaped+="'\\''" ;;
                    '"!') escaped+="\"'!'\"" ;;
                    '"\' | '""' | '"$' | '"`') escaped+="\\$character" ;;
                    *) escaped+=$character ;;
                esac
            done
            rest=$escaped
            ;;
    esac
    COMPREPLY+=("$rest")
}

# Offer values of a kind after `lead`, the flag and its = where both stand in one word.
__dominocli_offer_kind() {
    local kind=$1 lead=$2 text line
    case $kind in
        '' | nothing) ;;
        @*)
            __dominocli_keywords "${kind#@}"
            for text in "${short[@]}"; do
                __dominocli_offer "$lead$text"
            done
            if ((${#COMPREPLY[@]} == 0)); then
                for text in "${full[@]}"; do
                    __dominocli_offer "$lead$text"
                done
            fi
            ;;
        file) compopt -o default 2> /dev/null ;;
        folder) compopt -o dirnames 2> /dev/null ;;
        *)
            if [[ -n $directory ]]; then
                local -x DOMINOCLI_DIRECTORY=${directory/#~\//"$HOME/"}
            fi
            while IFS= read -r line; do
                __dominocli_offer "$lead$line"
            done < <(command dominocli __complete "$kind" "${current#"$lead"}" 2> /dev/null < /dev/null)
            ;;
    esac
}

_dominocli() {
    local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} text kind
    local words current before open path given pending directory
    local commands='' options='' switches='' arguments='' repeats='' short full
    local either_case=''
    if shopt -q nocasematch; then
        either_case=1
    fi
    COMPREPLY=()
    __dominocli_read "$line" $((${#line} - ${#2}))
    __dominocli_follow
    if [[ -n $pending ]]; then
        __dominocli_offer_kind "$pending" ''
    elif [[ $current == --*=* ]]; then
        __dominocli_kind "${current%%=*}"
        __dominocli_offer_kind "$kind" "${current%%=*}="
    else
        for text in $commands; do
            __dominocli_offer "$text"
        done
        local -a kinds=($arguments)
        if ((given < ${#kinds[@]})); then
            __dominocli_offer_kind "${kinds[given]}" ''
        elif [[ -n $repeats ]]; then
            __dominocli_offer_kind "${kinds[${#kinds[@]} - 1]}" ''
        fi
        if [[ $current == -* || (-z $current && -z $commands && -z $arguments) ]]; then
            for text in $options; do
                __dominocli_offer "${text%%=*}"
            done
            for text in $switches; do
                __dominocli_offer "$text"
            done
        fi
    fi
}

complete -F _dominocli dominocli
