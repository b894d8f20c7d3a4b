# bash completion for dominocli, written by `dominocli completion bash`. Source it, or keep it as `dominocli`
# among the completions of bash. Commands, flags and keywords stand in it; only the names of documents and
# servers are asked for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

#: tables
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
