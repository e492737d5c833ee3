/** What `hubctl __complete` answers in place of words where the shell shall offer files. */
export const filesDirective = ":files";

/** Each asks `hubctl __complete` with the words up to the cursor, and shows its lines: word, tab, description. */
export const completionScripts = {
  bash: `# hubctl completion for bash; load it with: source <(hubctl completion bash)
_hubctl() {
  local line cur="\${COMP_WORDS[COMP_CWORD]}"
  local -a words=()
  # Readline breaks words at = and :, which belong to our words.
  local text="\${COMP_LINE:0:COMP_POINT}"
  read -ra words <<< "$text"
  [[ "$text" == *[[:space:]] || \${#words[@]} -eq 0 ]] && words+=("")
  local full="\${words[-1]}" prefix=""
  [[ "$full" == *"$cur" ]] && prefix="\${full%"$cur"}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ "$line" == "${filesDirective}" ]]; then
      mapfile -t COMPREPLY < <(compgen -f -- "\${cur#@}")
      return
    fi
    line="\${line%%$'\\t'*}"
    COMPREPLY+=("\${line#"$prefix"}")
  done < <(hubctl __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
}
complete -F _hubctl hubctl
`,
  zsh: `#compdef hubctl
# hubctl completion for zsh; load it with: source <(hubctl completion zsh)
_hubctl() {
  local line
  local -a plain assigned
  for line in "\${(@f)$(hubctl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z "$line" ]] && continue
    if [[ "$line" == "${filesDirective}" ]]; then
      compset -P '*@'
      _files
      return
    fi
    local value="\${line%%$'\\t'*}" about=""
    [[ "$line" == *$'\\t'* ]] && about="\${line#*$'\\t'}"
    value="\${value//:/\\\\:}"
    if [[ "$value" == *= ]]; then assigned+=("$value:$about"); else plain+=("$value:$about"); fi
  done
  (( \${#plain} )) && _describe 'hubctl' plain
  (( \${#assigned} )) && _describe 'hubctl' assigned -S ''
}
if [[ "\${funcstack[1]}" == "_hubctl" ]]; then _hubctl "$@"; else compdef _hubctl hubctl; fi
`,
  fish: `# hubctl completion for fish; load it with: hubctl completion fish | source
function __hubctl_complete
    set -l typed (commandline -opc) (commandline -ct)
    set -l lines (hubctl __complete -- $typed[2..-1] 2>/dev/null)
    if test "$lines[1]" = "${filesDirective}"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $lines
    end
end
complete -c hubctl -f -a '(__hubctl_complete)'
`,
} as const;
