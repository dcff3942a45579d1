/** What shells are told once; the words are asked for each time, so that the scripts need not change with the commands. */
export const COMPLETE = '__complete';

const BASH = `# bash completion of drawbridge
_drawbridge() {
  local words=() word line directive=0
  # Bash takes an equals sign for a word.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do [[ $word == = ]] || words+=("$word"); done
  [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && words+=('')
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(drawbridge ${COMPLETE} "\${words[@]}" 2>/dev/null)
  [[ $directive != 4 ]] || compopt +o default 2>/dev/null
}
complete -o default -F _drawbridge drawbridge
`;

const ZSH = `#compdef drawbridge
_drawbridge() {
  local -a found
  local line directive=0
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *$'\\t'*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) found+=("\${line//:/\\\\:}") ;;
    esac
  done < <(drawbridge ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then
    _describe drawbridge found
  elif [[ $directive != 4 ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ $funcstack[1] == _drawbridge ]]; then _drawbridge "$@"; else compdef _drawbridge drawbridge; fi
`;

const FISH = `# fish completion of drawbridge
function __drawbridge_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -l answer (drawbridge ${COMPLETE} $before[2..-1] "$current" 2>/dev/null)
  set -l found (string match -v -r '^:[0-9]+$' -- $answer)
  if set -q found[1]
    printf '%s\\n' $found
  else if not contains -- ':4' $answer
    set -l flag (string match -r '^--[^=]+=' -- "$current")
    for path in (__fish_complete_path (string replace -- "$flag" '' "$current"))
      echo "$flag$path"
    end
  end
end
complete -c drawbridge -f -a '(__drawbridge_complete)'
`;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
