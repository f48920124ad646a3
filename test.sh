#!/usr/bin/env bash
# Builds everything and runs every test.   ./test.sh [--fast] [NAME…]
#   --fast   leaves out the tests marked Category=Slow (training on real data, the demo)
#   NAME     only the test projects whose name contains it: ./test.sh Ranking Training
# The last line is always "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed.
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cd "$root"
passed=0 failed=0 skipped=0

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && exit 0 || exit 1
}

fast=() names=()
for argument in "$@"; do
  case $argument in
    --fast) fast=(--filter "Category!=Slow") ;;
    -*) sed -n '2,5s/^# //p' "$0" >&2; failed=1; finish ;;
    *) names+=("$argument") ;;
  esac
done

# A missing SDK ends the sourced file with "exit": the closing line must still come.
trap 'code=$?; trap - EXIT; if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; finish; fi; exit "$code"' EXIT
source eng/dotnet.sh
bash eng/debian-packages.sh

results=$root/artifacts/tests
rm -rf "$results"
mkdir -p "$results"

echo "Building…"
build() { dotnet build "$1" -c Release -v quiet -nologo -nodeReuse:false "${@:2}" >"$results/build.log" 2>&1; }
build_failed() { { grep -E 'error' "$results/build.log" || tail -n 40 "$results/build.log"; } | sort -u; }

solution_builds=true
if ! build RecServe.sln; then
  solution_builds=false
  build_failed
  echo "FAILED  the solution does not build"
  failed=$((failed + 1))
fi

wanted() {
  [ ${#names[@]} -eq 0 ] && return 0
  local name
  for name in "${names[@]}"; do
    case $1 in *"$name"*) return 0 ;; esac
  done
  return 1
}

count() { sed -n "s/.*[ :]$1: *\([0-9]*\).*/\1/p" <<<"$2" | tail -n 1; }

ran=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  wanted "$name" || continue
  ran=$((ran + 1))
  started=$SECONDS

  # After a failed solution build, an old test binary must not pass for a new one.
  if ! $solution_builds && ! build "$project" --no-restore; then
    echo "FAILED  $name: it does not build"
    failed=$((failed + 1))
    continue
  fi

  log=$results/$name.log
  # One project at a time: xunit already keeps every core busy within one, and timings in two would disturb each other.
  timeout --kill-after=30 1500 dotnet test "tests/$name/bin/Release/net10.0/$name.dll" \
    --logger "console;verbosity=minimal" "${fast[@]}" >"$log" 2>&1 </dev/null
  code=$?

  summary=$(grep -E '^(Passed|Failed|Skipped)! +- Failed: ' "$log" | tail -n 1)
  f=$(count Failed "$summary") p=$(count Passed "$summary") s=$(count Skipped "$summary")
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  if [ -z "$summary" ] && [ "$code" -eq 0 ] && [ ${#fast[@]} -gt 0 ] && grep -q 'No test matches' "$log"; then
    echo "none    $name: all of its tests are slow ones"
  elif [ -z "$summary" ] || { [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ]; }; then
    # No summary, or a bad exit code without a failed test: the test host crashed, hung or found no tests.
    cat "$log"
    [ "$code" -eq 124 ] && echo "It was ended after 25 minutes."
    echo "FAILED  $name: the run ended with code $code and no usable result"
    failed=$((failed + 1))
  elif [ "$f" -gt 0 ]; then
    grep -vE '^(Test run for|VSTest version|Starting test execution|A total of|A test file|\s*$)' "$log"
    echo "FAILED  $name: $f of $((p + f + s)) failed ($((SECONDS - started)) s)"
  else
    grep -E '^\s*(Skipped |\[SKIP\])|\[SKIP\]' "$log" | sed 's/^\s*/        /' || true
    echo "ok      $name: $p passed, $s skipped ($((SECONDS - started)) s)"
  fi
done

if [ "$ran" -eq 0 ]; then
  echo "FAILED  no test project is named like: ${names[*]}"
  failed=$((failed + 1))
fi

echo "Took $SECONDS s; logs in artifacts/tests."
finish
