#!/usr/bin/env bash
# Installs what this project needs on Debian 12 or Ubuntu, and says what it installs.
#
#   tools/bootstrap.sh build   what building and running needs (the default)
#   tools/bootstrap.sh test    … and what the tests need: a PostgreSQL server, an SQS and S3 emulator, …
#   tools/bootstrap.sh bench   … and what the benchmarks need
#
# Running it again costs nothing: it looks first, and does nothing when nothing is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly SWIFT_MINIMUM=6.3
readonly PYTHON_MINIMUM="(3, 10)"

BUILD_PACKAGES=(
    ca-certificates curl git make pkg-config
    libcurl4-openssl-dev libssl-dev libxml2-dev libpq-dev libsqlite3-dev
    libvips42           # loaded at run time, so nothing of it is needed to build
    fonts-dejavu-core # the font of the mock provider's pictures
)
TEST_PACKAGES=(
    python3 python3-venv # run the emulator, and botocore as the second opinion on signatures
    openssl              # makes the certificates of the TLS tests
    g++ libboost-dev     # a second HTTP parser, to compare ours with
    strace shellcheck procps
)
BENCH_PACKAGES=(wrk)

say() { printf 'bootstrap: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@" # cannot ask for a password
    fi
}

require_swift() {
    local version newest
    command -v swift >/dev/null ||
        fail "Swift is not installed. Version $SWIFT_MINIMUM or later is needed: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    newest=$(printf '%s\n%s\n' "$SWIFT_MINIMUM" "$version" | sort --version-sort | tail -n 1)
    [[ -n $version && $newest == "$version" ]] ||
        fail "Swift ${version:-of an unknown version} is too old. Version $SWIFT_MINIMUM or later is needed: https://www.swift.org/install/linux/"
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local installed package
    # Newer releases add t64 to the names of some libraries.
    installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" "${@/%/t64}" 2>/dev/null || true)
    for package in "$@"; do
        grep --quiet --extended-regexp "^${package//+/\\+}(t64)? installed\$" <<<"$installed" || printf '%s\n' "$package"
    done
}

# The tests start servers of their own from the binaries; any supported version will do.
has_postgres_server() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

# Debian's package makes a cluster and starts it when it is installed. Nobody here needs that one.
prevent_postgres_cluster() {
    local settings=/etc/postgresql-common/createcluster.conf
    [[ -e $settings ]] && return
    as_root mkdir -p "${settings%/*}"
    echo 'create_main_cluster = false' | as_root tee "$settings" >/dev/null
}

install_packages() {
    local missing
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "this is neither Debian nor Ubuntu; make sure that you have what these packages give: $*"
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [[ $mode != build ]] && ! has_postgres_server; then missing+=(postgresql); fi
    [[ ${#missing[@]} -gt 0 ]] || return 0

    say "installing Debian packages: ${missing[*]}"
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        prevent_postgres_cluster || say "a PostgreSQL server of the system may be started; it is not needed"
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get -qq -o DPkg::Lock::Timeout=300)
    if ! as_root "${apt[@]}" update >&2 || ! as_root "${apt[@]}" install --yes --no-install-recommends \
        -o Dpkg::Options::=--force-confold "${missing[@]}" >&2; then
        fail "that failed; try it by hand, as root: apt-get install --no-install-recommends ${missing[*]}"
    fi
}

# The first Python that is new enough and can make virtual environments: the one on PATH may be too old for either.
find_python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c "import ensurepip, venv, sys; sys.exit(sys.version_info < $PYTHON_MINIMUM)" 2>/dev/null; then
            printf '%s\n' "$python"
            return
        fi
    done
    fail "no python3 of version 3.10 or later with venv was found"
}

# Makes .venv/NAME from tools/requirements-NAME.txt, unless it was made from exactly that file.
make_venv() {
    local venv=".venv/$1" requirements="tools/requirements-$1.txt" wanted python
    wanted=$(sha256sum <"$requirements")
    if [[ -x $venv/bin/python && -f $venv/.made-from && $(<"$venv/.made-from") == "$wanted" ]]; then return; fi

    python=$(find_python)
    say "making $venv from $requirements"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    # Wheels only: installing them runs no code of theirs.
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement "$requirements"
    printf '%s\n' "$wanted" >"$venv/.made-from"
}

make_venvs() {
    mkdir -p .venv
    exec 9>.venv/.lock
    flock 9
    make_venv emulator
    make_venv tools
    exec 9>&-
}

mode=${1:-build}
case $mode in
    build) packages=("${BUILD_PACKAGES[@]}") ;;
    test) packages=("${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}") ;;
    bench) packages=("${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${BENCH_PACKAGES[@]}") ;;
    *) fail "usage: tools/bootstrap.sh [build|test|bench]" ;;
esac

require_swift
install_packages "${packages[@]}"
if [[ $mode != build ]]; then make_venvs; fi
