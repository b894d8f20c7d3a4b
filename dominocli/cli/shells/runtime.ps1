# PowerShell completion for dominocli, written by `dominocli completion powershell`. Run it in the profile. Commands,
# flags and keywords stand in it; only the names of documents and servers are asked for, by `dominocli __complete`.
# Those names are text of unknown origin: nothing evaluates them.

Register-ArgumentCompleter -Native -CommandName dominocli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

#: tables
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
