#!/usr/bin/env bash
# Builds the examples as somebody else's project, and runs each against the reference server.
#
#   test_consumer.sh installed|subdirectory SOURCE BUILD LOADGEN
set -euo pipefail
kind=$1 source=$2 build=$3 loadgen=$4

work=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

configure=(cmake -G Ninja -B "$work/build")
if command -v ccache >/dev/null; then configure+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
case "$kind" in
  installed)
    cmake --install "$build" --prefix "$work/prefix" >/dev/null
    "${configure[@]}" -S "$source/docs/examples" -DCMAKE_PREFIX_PATH="$work/prefix" \
      -DCMAKE_CXX_FLAGS="$(sed -n 's/^LOADGEN_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$build/CMakeCache.txt")"
    ;;
  subdirectory) "${configure[@]}" -S "$source/tests/consumer/subdirectory" -DLOADGEN_SOURCE="$source" ;;
  *) echo "unknown kind of consumer: $kind" >&2; exit 2 ;;
esac
cmake --build "$work/build" --target run_a_plan stream_one_request own_workload

"$loadgen" serve --port 0 --ttft 5ms --itl 1ms >"$work/first_line" &
server=$!
for _ in $(seq 100); do
  url=$(sed -n 's/^listening on //p' "$work/first_line")
  if [ -n "$url" ]; then break; fi
  sleep 0.1
done

expect() { # NAME LINE: that the example's output has the line
  local output
  output=$("$work/build/$1" "$url")
  echo "$output"
  grep -qx -- "$2" <<<"$output" || { echo "$1: no line '$2'" >&2; exit 1; }
}
expect run_a_plan '20 of 20 completed'
expect stream_one_request '12 pieces, the first after .* ms'
# Turns 1 to 10 three times over, 4 + turn tokens each: 3 * (40 + 55).
expect own_workload '30 of 30 completed, 285 tokens'
