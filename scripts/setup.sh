#!/usr/bin/env bash
# Installs the Debian packages that Switchboard needs to build, run, test and
# measure itself. Quick, and without the network, when all are there.
#
#   scripts/setup.sh [--help]

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

packages=(
  # Tools: compiler, build system, checks, and what the scripts call.
  g++ cmake ninja-build ccache pkg-config protobuf-compiler
  clang libclang-rt-14-dev clang-format clang-tidy
  curl jq openssl ca-certificates git e2fsprogs
  # Libraries of the product.
  libboost1.81-dev libboost-url1.81-dev libboost-json1.81-dev
  libcaf-dev librocksdb-dev libprotobuf-dev libsimdjson-dev
  prometheus-cpp-dev libspdlog-dev libtomlplusplus-dev libcli11-dev
  libssl-dev libsodium-dev libjemalloc-dev libmagic-dev
  # Time zones of office hours, and the system's list of them.
  libhowardhinnant-date-dev tzdata
  # What the CMake packages of RocksDB and prometheus-cpp look for.
  libgflags-dev libsnappy-dev zlib1g-dev libbz2-dev liblz4-dev libzstd-dev
  libcurl4-openssl-dev
  # Tests and micro benchmarks.
  libgtest-dev libgmock-dev libbenchmark-dev
)

while [ $# -gt 0 ]; do
  case "$1" in
    --help | -h) show_help; exit 0 ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
done

# The viewer of /docs comes from npm. Node.js may be there by other means than
# Debian's packages, as long as it is recent enough.
node_major_min=18
has_node() {
  local major
  command -v npm >/dev/null || return 1
  major="$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')"
  [ "${major:-0}" -ge "$node_major_min" ]
}
has_node || packages+=(nodejs npm)

missing_packages() {
  local installed package
  # dpkg-query fails when it does not know one of them; the rest is printed.
  # shellcheck disable=SC2016
  installed="$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' \
    "${packages[@]}" 2>/dev/null | awk '$2 == "installed" { print $1 }' || true)"
  for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null \
  || die "this needs Debian 12's apt-get and dpkg-query, and they are not here;
install by your own means: ${packages[*]}"

mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -eq 0 ]; then
  say "all ${#packages[@]} packages are installed"
  exit 0
fi

[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null \
  || die "these packages are missing, and installing them needs root or sudo:
${missing[*]}"

say "installing ${#missing[@]} packages: ${missing[*]}"
# A source that cannot be reached need not be the one that has the packages.
as_root apt-get update -q || say "apt-get update failed; trying with the lists that are here"

# Debian keeps one Boost's headers at a time: say so instead of taking another's
# away in silence.
removed="$(LC_ALL=C apt-get install -s -y --no-install-recommends "${missing[@]}" \
  2>/dev/null | awk '$1 == "Remv" { print $2 }' | xargs || true)"
[ -z "$removed" ] \
  || die "installing them would remove: $removed
Remove these yourself if you do not need them, then run this again."

as_root apt-get install -q -y --no-install-recommends -o Dpkg::Use-Pty=0 \
  -o DPkg::Lock::Timeout=120 "${missing[@]}" \
  || die "apt-get could not install the packages; its message stands above"

mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"
say "all ${#packages[@]} packages are installed"
