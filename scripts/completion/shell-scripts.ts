export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/**
 * What makes `shell` ask us for the rest of a word, by the command `longrun complete`. Where that names nothing, the
 * shell offers its files. `command` is the program with its first arguments, by absolute paths: `longrun` itself may be
 * an alias, or a function.
 */
export function shellScript(shell: Shell, command: readonly string[]): string {
  return scripts[shell](command);
}

const scripts: Record<Shell, (command: readonly string[]) => string> = {
  bash: (command) => `# In ~/.bashrc: eval "$(longrun completion bash)"
_longrun() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(${posixQuoted(command)} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _longrun longrun
`,
  zsh: (command) => `#compdef longrun
# In ~/.zshrc, after compinit: eval "$(longrun completion zsh)"
_longrun() {
  local -a suggestions
  suggestions=("\${(@f)$(${posixQuoted(command)} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$suggestions[1]" ]]; then
    suggestions=("\${(@)suggestions//:/\\\\:}")
    suggestions=("\${(@)suggestions/$'\\t'/:}")
    _describe longrun suggestions
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _longrun ]]; then _longrun "$@"; else compdef _longrun longrun; fi
`,
  fish: (command) => `# In ~/.config/fish/config.fish: longrun completion fish | source
function __longrun_complete
    set -l earlier (commandline -opc)
    set -l current (commandline -ct)
    set -l suggestions (${fishQuoted(command)} complete -- $earlier[2..-1] "$current" 2>/dev/null)
    if test (count $suggestions) -gt 0
        printf '%s\\n' $suggestions
    else
        __fish_complete_path "$current"
    end
end
complete -c longrun -f -a '(__longrun_complete)'
`,
  powershell: (command) => `# In $PROFILE: longrun completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName longrun -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    # Before 7.3 an empty argument is lost unless it is quoted.
    if ($wordToComplete -eq '') { $words += if ($PSVersionTable.PSVersion -lt [version]'7.3') { '""' } else { '' } }
    & ${powershellQuoted(command)} complete '--' @words 2>$null | ForEach-Object {
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
`,
};

function posixQuoted(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}

function fishQuoted(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll(/[\\']/g, String.raw`\$&`)}'`).join(' ');
}

function powershellQuoted(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", "''")}'`).join(' ');
}
