#!/usr/bin/env bash
# Measures the embedded default: start-up, memory, submits and polls per second, CPU per request.
#
#   Benchmarks/run.sh [SECONDS] [REPETITIONS]     default: 5 seconds, 3 repetitions
#
# Prints every raw figure and the median of each. The worker is kept from drawing (MOCK_DELAY), so that only accepting,
# recording and reading are measured. Figures of a shared machine vary: compare ratios of one run, not single times.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly DURATION=${1:-5} REPETITIONS=${2:-3} CONNECTIONS=32
readonly PROGRAM=$PWD/.build/release/image-api

say() { printf '%s\n' "$*"; }

# The processor time of a process so far, in milliseconds.
cpu_ms() {
    local fields ticks
    read -r -a fields <"/proc/$1/stat"
    ticks=$((fields[13] + fields[14]))
    echo $((ticks * 1000 / $(getconf CLK_TCK)))
}

resident_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

server=''
folder=''
stop_server() {
    if [[ -n $server ]] && kill -TERM "$server" 2>/dev/null; then wait "$server" || true; fi
    if [[ -n $folder ]]; then rm -rf "$folder"; fi
    server='' folder=''
}
trap stop_server EXIT

# Starts the program on a fresh folder; sets server, folder, port and started_ms.
start_server() {
    local begin
    folder=$(mktemp -d)
    port=$(free_port)
    begin=$(date +%s%N)
    PORT=$port DATA_DIR=$folder/data MOCK_DELAY=1h WORKER_CONCURRENCY=1 STOP_TIMEOUT=2s LOG_LEVEL=error \
        "$PROGRAM" local >"$folder/log" 2>&1 &
    server=$!
    until curl --silent --output /dev/null "http://127.0.0.1:$port/livez"; do
        kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    done
    started_ms=$((($(date +%s%N) - begin) / 1000000))
}

# Loads a path; prints requests per second and CPU in microseconds for each request.
load() {
    local path=$1 before after output requests rate
    shift
    before=$(cpu_ms "$server")
    output=$(wrk --threads 1 --connections "$CONNECTIONS" --duration "${DURATION}s" --latency "$@" \
        "http://127.0.0.1:$port$path")
    after=$(cpu_ms "$server")
    requests=$(awk '/requests in/ { print $1 }' <<<"$output")
    rate=$(awk '/Requests\/sec/ { print int($2) }' <<<"$output")
    if grep --quiet 'Non-2xx' <<<"$output"; then
        say "some answers were errors:" >&2
        say "$output" >&2
        exit 1
    fi
    say "$rate $(((after - before) * 1000 / requests)) $(awk '/ 50%/ { p = $2 } / 99%/ { print p, $2 }' <<<"$output")"
}

report() {
    local name=$1 unit=$2
    shift 2
    say "$name: median $(printf '%s\n' "$@" | median) $unit (raw: $*)"
}

command -v wrk >/dev/null || { say "wrk is missing: run tools/bootstrap.sh bench" >&2; exit 1; }
swift build -c release --product image-api >&2
say "machine: $(nproc) cores, $(awk -F: '/model name/ { print $2; exit }' /proc/cpuinfo | xargs), $(uname -sr)"
say "each: ${DURATION} s, $REPETITIONS repetitions, $CONNECTIONS connections, SQLite with synchronous=FULL"

starts=() idles=() submits=() submit_cpus=() polls=() poll_cpus=() loaded=()
for ((repetition = 1; repetition <= REPETITIONS; repetition++)); do
    start_server
    starts+=("$started_ms")
    idles+=("$(resident_kb "$server")")
    read -r rate cpu p50 p99 <<<"$(load /v1/generate --script Benchmarks/submit.lua)"
    say "submit $repetition: $rate/s, $cpu µs CPU each, p50 $p50, p99 $p99"
    submits+=("$rate") submit_cpus+=("$cpu")
    id=$(curl --silent --request POST "http://127.0.0.1:$port/v1/generate" \
        --header 'Authorization: Bearer local-dev-key' --header 'Content-Type: application/json' \
        --data '{"prompt": "x"}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["jobId"])')
    read -r rate cpu p50 p99 <<<"$(load "/v1/result/$id")"
    say "poll   $repetition: $rate/s, $cpu µs CPU each, p50 $p50, p99 $p99"
    polls+=("$rate") poll_cpus+=("$cpu") loaded+=("$(resident_kb "$server")")
    stop_server
done
report "start to first answer" ms "${starts[@]}"
report "memory, idle" KB "${idles[@]}"
report "memory, after load" KB "${loaded[@]}"
report "submits per second" "" "${submits[@]}"
report "CPU per submit" µs "${submit_cpus[@]}"
report "polls per second" "" "${polls[@]}"
report "CPU per poll" µs "${poll_cpus[@]}"
