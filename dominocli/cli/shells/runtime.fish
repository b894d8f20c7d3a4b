# fish completion for dominocli, written by `dominocli completion fish`. Keep it as `dominocli.fish` among the
# completions of fish. Commands, flags and keywords stand in it; only the names of documents and servers are asked
# for, by `dominocli __complete`. Those names are text of unknown origin: nothing evaluates them.

#: tables
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
