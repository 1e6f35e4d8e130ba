#!/usr/bin/env bash
# Builds everything and runs every test: first those of rules, storage and wire
# formats under AddressSanitizer and UndefinedBehaviorSanitizer, then all tests of
# the release build. Ends with ctest's summary; the exit status says
# whether all passed.
#
#   scripts/test.sh [--preset NAME] [--filter REGEX] [--long]
#
#   --preset NAME    release, debug, asan or tsan: all tests of that build alone
#   --filter REGEX   only tests whose name matches
#   --long           fault tests for ten minutes each instead of seconds

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

preset=
filter=()
while [ $# -gt 0 ]; do
  case "$1" in
    --preset)
      need_value "$1" $#
      case "$2" in
        release | debug | asan | tsan) preset="$2" ;;
        *) die "--preset takes release, debug, asan or tsan, not '$2'" ;;
      esac
      shift 2
      ;;
    --filter) need_value "$1" $#; filter=(-R "$2"); shift 2 ;;
    --long) export SWITCHBOARD_FAULTS_SECONDS=600; shift ;;
    --help | -h) show_help; exit 0 ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
done

# run_tests PRESET ARGUMENTS...: ctest's summary is the last that it prints.
run_tests() {
  local tested="$1"
  shift
  say "running the tests of build/$tested"
  ctest --test-dir "$project_root/build/$tested" --output-on-failure \
    --parallel "$(nproc)" "$@" ${filter[@]+"${filter[@]}"}
}

"$project_root/scripts/setup.sh"
# Once; without it (77: no network, say) the sidecar's tests are skipped.
"$project_root/deploy/node-tests.sh" --install || [ $? -eq 77 ]
if [ -n "$preset" ]; then
  build "$preset"
  run_tests "$preset" --no-tests=error
else
  build asan sanitized_tests
  build release
  run_tests asan --label-regex '^unit$'
  run_tests release --no-tests=error
fi
