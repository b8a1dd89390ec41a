/**
 * What a shell has to know: whom to ask. Each script hands the words so far to
 * `workos-events completion SHELL -- …` and shows the lines that come back, so that it never grows old.
 */
export type Shell = 'bash' | 'zsh' | 'fish';
export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** The line that says: complete the names of files. */
export const FILES = ':files';

/** Works in the bash 3.2 of macOS too. */
const BASH = `# bash completion for workos-events
_workos_events() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    if [[ $word == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
      return
    fi
    COMPREPLY+=("$word")
  done < <("$1" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _workos_events workos-events
`;

const ZSH = `#compdef workos-events
# zsh completion for workos-events
_workos-events() {
  local line
  local -a lines entries
  lines=("\${(@f)$("\${(Q)words[1]}" completion zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ \${lines[1]} == '${FILES}' ]]; then
    _files
    return
  fi
  for line in $lines; do
    entries+=("\${line/$'\\t'/:}")
  done
  (( $#entries )) && _describe 'workos-events' entries
}
if [[ \${funcstack[1]} == _workos-events ]]; then
  _workos-events "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _workos-events workos-events
fi
`;

const FISH = `# fish completion for workos-events
function __workos_events_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] completion fish -- $words[2..] "$current" 2>/dev/null)
    if test "$lines[1]" = '${FILES}'
        __fish_complete_path "$current"
    else
        printf '%s\\n' $lines
    end
end
complete -c workos-events -f -a '(__workos_events_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
