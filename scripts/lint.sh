#!/usr/bin/env bash
# Checks the C++ sources with clang-tidy and .clang-tidy, two at a time, as they
# are compiled for release.
#
#   scripts/lint.sh [FILE...]
#
#   FILE...   these sources (.cpp) alone; else all that are compiled

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --help | -h) show_help; exit 0 ;;
    -*) die "unknown option '$1'; see --help" ;;
    *) files+=("$(realpath "$1")"); shift ;;
  esac
done
for tool in clang-tidy jq; do
  command -v "$tool" >/dev/null || die "$tool is missing; scripts/setup.sh installs it"
done

cd "$project_root"
# A configuration of its own, where every source is compiled by itself.
cmake --preset release -B build/lint -D SWITCHBOARD_TOGETHER=OFF \
  -D SWITCHBOARD_CCACHE=OFF >/dev/null
# Generated sources must be there before they can be included.
cmake --build build/lint --target generated/persistence/schema/journal.pb.h

# The commands are written for g++: its precompiled headers and a few of its
# options mean nothing to clang.
folder=build/lint/clang
mkdir -p "$folder"
jq --arg root "$project_root/" '
  map(select((.file | startswith($root)) and (.file | startswith($root + "build/") | not)
             and (.file | endswith(".cpp")))
      | .command |= (gsub("-include [^ ]*cmake_pch\\.hxx"; "")
                     | gsub(" -Winvalid-pch"; "") | gsub(" -fcoroutines"; "")
                     | gsub(" -Wno-error=[^ ]*"; "")))' \
  build/lint/compile_commands.json >"$folder/compile_commands.json"

if [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(jq -r '.[].file' "$folder/compile_commands.json" | sort -u)
fi
say "checking ${#files[@]} sources with $(clang-tidy --version | grep -o 'version [0-9.]*')"
# clang 14 has C++20's coroutines, but does not say so in the way that
# libstdc++ asks.
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 clang-tidy -p "$folder" --quiet \
  --extra-arg=-D__cpp_impl_coroutine=201902L \
  || die "clang-tidy has complaints; they stand above"
say "clang-tidy is content"
