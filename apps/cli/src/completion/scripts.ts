export type Shell = "bash" | "zsh" | "fish";

/**
 * What each shell has to know: ask `zen __complete` with the words so far, the last of them unfinished. An answer is one
 * candidate per line, with a tab and a description; a lone `:file` or `:folder` asks for the shell's own names of files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of zen for bash. In ~/.bashrc: eval "$(zen completion bash)"
_zen_complete() {
  # Bash splits words at = as well, and completes only what is behind it ($2). It may be as old as 3.2, which macOS has.
  local line="\${COMP_LINE:0:COMP_POINT}" answer prefix candidate
  local -a words
  read -ra words <<<"$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  prefix="\${words[\${#words[@]}-1]%"$2"}"
  answer="$("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)" || return
  case "$answer" in
    :file) compopt -o filenames 2>/dev/null; answer="$(compgen -f -- "$2")"; prefix="" ;;
    :folder) compopt -o filenames 2>/dev/null; answer="$(compgen -d -- "$2")"; prefix="" ;;
  esac
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate="\${candidate%%$'\t'*}"
    [[ -n "$candidate" ]] && COMPREPLY+=("\${candidate#"$prefix"}")
  done <<<"$answer"
}
complete -F _zen_complete zen zenml
`,
  zsh: `#compdef zen zenml
# Completion of zen for zsh. In ~/.zshrc, after compinit: eval "$(zen completion zsh)"
_zen_complete() {
  local answer line
  local -a candidates
  answer="$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)" || return
  case "$answer" in
    :file) _files ;;
    :folder) _files -/ ;;
    ?*)
      for line in "\${(@f)answer}"; do
        candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
      done
      _describe 'zen' candidates
      ;;
  esac
}
compdef _zen_complete zen zenml
`,
  fish: `# Completion of zen for fish: zen completion fish > ~/.config/fish/completions/zen.fish
function __zen_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer ($words[1] __complete -- $words[2..-1] 2>/dev/null)
  switch "$answer[1]"
    case :file
      __fish_complete_path (commandline -ct)
    case :folder
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\\n' $answer
  end
end
complete -c zen -f -a '(__zen_complete)'
complete -c zenml -f -a '(__zen_complete)'
`,
};
