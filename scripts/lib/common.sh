# Sourced by the other scripts: where the project is, how to speak, how to build.

project_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

say() {
  printf '==> %s\n' "$*"
}

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# The help text of a script is the comment at its top.
show_help() {
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

# need_value OPTION COUNT: the option must be followed by a value.
need_value() {
  [ "$2" -ge 2 ] || die "$1 needs a value; see --help"
}

# One compiler takes up to 1.5 GB, so a small machine runs fewer at a time.
build_jobs() {
  local cores memory_kb by_memory
  cores="$(nproc)"
  memory_kb="$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)"
  by_memory=$((memory_kb / 1500000))
  [ "$by_memory" -ge 1 ] || by_memory=1
  echo $((by_memory < cores ? by_memory : cores))
}

# build PRESET [TARGET...]: configures when needed and builds; shows progress.
build() {
  local preset="$1"
  shift
  local folder="$project_root/build/$preset"
  if [ ! -f "$folder/build.ninja" ]; then
    say "configuring build/$preset"
    (cd "$project_root" && cmake --preset "$preset")
  fi
  say "building build/$preset ($(build_jobs) jobs; the first time takes minutes)"
  NINJA_STATUS='[%f/%t, %e s] ' cmake --build "$folder" --parallel "$(build_jobs)" \
    ${1:+--target "$@"}
}

# port_in_use PORT: whether somebody answers on 127.0.0.1.
port_in_use() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
