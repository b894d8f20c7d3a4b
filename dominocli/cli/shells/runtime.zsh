#compdef dominocli
# zsh completion for dominocli, written by `dominocli completion zsh`. Keep it as `_dominocli` in a folder of fpath,
# or source it after compinit. Commands, flags and keywords stand in it; only the names of documents and servers are
# asked for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

#: tables
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
