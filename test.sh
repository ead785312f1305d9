#!/usr/bin/env bash
# Runs every test. Installs what they need first: the real peers under interop/, from their lock files.
#
#   ./test.sh                 everything, within the time budget
#   ./test.sh --long          with the runs that take minutes each
#   ./test.sh unit fuzz       only these groups: unit, interop, simulation, attack, fuzz
#
# Needs the .NET SDK that global.json names, and Node.js with npm. Ends with a line `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")"

groups=()
for argument in "$@"; do
  case "$argument" in
    --long) export TINCAN_LONG=1 ;;
    unit|interop|simulation|attack|fuzz) groups+=("$argument") ;;
    *) echo "test.sh: unknown argument '$argument' (see the head of this file)" >&2; exit 2 ;;
  esac
done
[ ${#groups[@]} -gt 0 ] || groups=(unit interop simulation attack fuzz)

# Which test projects make a group, and the minutes it may take on two cores.
projects() {
  case "$1" in
    unit) echo Libp2p.Architecture.Tests Libp2p.Core.Tests Libp2p.Tests Libp2p.Sqlite.Tests Libp2p.Hosting.Tests Tincan.Tests ;;
    interop) echo Libp2p.Interop.Tests ;;
    simulation) echo Libp2p.Simulation.Tests ;;
    attack) echo Libp2p.Attack.Tests ;;
    fuzz) echo Libp2p.Fuzz.Tests ;;
  esac
}
declare -A budget=([unit]=3 [interop]=10 [simulation]=5 [attack]=13 [fuzz]=3)

command -v dotnet >/dev/null || { echo "test.sh: the .NET SDK is missing: install it from https://dot.net" >&2; exit 2; }
for group in "${groups[@]}"; do
  if [ "$group" = interop ]; then
    command -v npm >/dev/null || { echo "test.sh: the interop tests need Node.js with npm: apt-get install nodejs npm" >&2; exit 2; }
    interop/install.sh
    if ! command -v openssl >/dev/null && [ "$(id -u)" -eq 0 ]; then
      apt-get update -qq && apt-get install -y -qq --no-install-recommends openssl || echo "test.sh: openssl could not be installed" >&2
    fi
  fi
done

# Names are looked up at a real server of names: without root, or without `dnsmasq`, those tests are skipped.
if [[ " ${groups[*]} " == *" interop "* ]] && [ "$(id -u)" -eq 0 ] && ! [ -x /usr/sbin/dnsmasq ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends dnsmasq-base || echo "test.sh: dnsmasq could not be installed" >&2
fi

# The harness of libp2p's transport tests meets its other side by way of Redis: without root, or without `redis-server`, those tests
# are skipped.
if [[ " ${groups[*]} " == *" interop "* ]] && [ "$(id -u)" -eq 0 ] && ! command -v redis-server >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server || echo "test.sh: redis-server could not be installed" >&2
fi

# The attacks come from many addresses, and one test pulls a cable, which takes network namespaces: without root, or without
# `ip`, they are skipped.
if [[ " ${groups[*]} " == *" attack "* || " ${groups[*]} " == *" unit "* ]] && [ "$(id -u)" -eq 0 ] && ! command -v ip >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends iproute2 || echo "test.sh: iproute2 could not be installed" >&2
fi

export TINCAN_CONFIGURATION=Release
dotnet build Tincan.slnx -c Release --nologo -v quiet

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=0

# Reads one attribute of the root's <assembly> element of an xunit report.
count() { sed -n "s/.*<assembly [^>]*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

for group in "${groups[@]}"; do
  began=$SECONDS
  for project in $(projects "$group"); do
    report="$results/$project.xml"
    status=0
    dotnet "tests/$project/bin/Release/net10.0/$project.dll" -noLogo -noColor -xml "$report" || status=$?
    if [ ! -s "$report" ]; then
      echo "test.sh: $project ended without a report (exit code $status)" >&2
      broken=$((broken + 1))
      continue
    fi
    passed=$((passed + $(count "$report" passed)))
    failed=$((failed + $(count "$report" failed) + $(count "$report" errors)))
    skipped=$((skipped + $(count "$report" skipped)))
    [ "$status" -eq 0 ] || [ "$(count "$report" failed)" -gt 0 ] || broken=$((broken + 1))
  done
  took=$((SECONDS - began))
  printf '== %s: %d s of %d min\n' "$group" "$took" "${budget[$group]}"
done

failed=$((failed + broken))
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
