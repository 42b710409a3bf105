# One block in the terminal of its document: terminal.sh <file with the terminal's state> <keep|forget> <script>
__state=$1
__keep=$2
__script=$3
source "$__state"
set -- # the block has no arguments

# Variables, functions and the folder, as the next block finds them. What is bash's own stays bash's own.
__save() {
  for __name in $(compgen -v); do
    case $__name in
      BASH* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS | HIST* | HOST* | IFS | LINENO | MACHTYPE | OPT* | OSTYPE) ;;
      PIPESTATUS | PPID | PS4 | RANDOM | SECONDS | SHELLOPTS | SHLVL | SRANDOM | TERM | UID | _ | __*) ;;
      *) declare -p "$__name" ;;
    esac
  done
  declare -f
  printf 'cd %q\n' "$PWD"
}
[ "$__keep" = forget ] || trap '__save >"$__state"' EXIT

set -euo pipefail
eval "$__script"
