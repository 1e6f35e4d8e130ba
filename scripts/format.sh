#!/usr/bin/env bash
# Formats the C++ sources of the project with clang-format and .clang-format.
#
#   scripts/format.sh [--check] [FILE...]
#
#   --check   changes nothing; says which files are not formatted and fails
#   FILE...   these files alone

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

check=no
files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --check) check=yes; shift ;;
    --help | -h) show_help; exit 0 ;;
    -*) die "unknown option '$1'; see --help" ;;
    *) files+=("$(realpath "$1")"); shift ;;
  esac
done
command -v clang-format >/dev/null || die "clang-format is missing; scripts/setup.sh installs it"

cd "$project_root"
if [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard \
    '*.cpp' '*.hpp' '*.c' '*.h' | while read -r file; do
      [ ! -f "$file" ] || echo "$file"
    done)
fi
[ ${#files[@]} -gt 0 ] || die "there are no sources"

if [ "$check" = yes ]; then
  if ! printf '%s\0' "${files[@]}" \
    | xargs -0 clang-format --dry-run --Werror --ferror-limit=1; then
    die "some files are not formatted; scripts/format.sh mends them"
  fi
  say "${#files[@]} files are formatted"
else
  printf '%s\0' "${files[@]}" | xargs -0 clang-format -i
  say "formatted ${#files[@]} files"
fi
