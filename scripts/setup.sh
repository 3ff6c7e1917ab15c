#!/usr/bin/env bash
# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
#
# The one list of packages that building, testing and demonstrating orbitwalk needs (names of Debian 12), and the shell
# functions that the other scripts share.
#   scripts/setup.sh           installs what is missing; exits 2 with the one command to run where it may not install
#   scripts/setup.sh --check   installs nothing; exits 0 when nothing is missing, else 2
#   source scripts/setup.sh    only defines the functions
# ccache is used where it is found and is not installed.

# package, then how to see that it is there on a machine without dpkg, or where it was installed in another way:
# a command on PATH, a header (below /usr/include, /usr/local/include or $CMAKE_PREFIX_PATH), or a module of python3.
orbitwalk_packages() {
  cat <<'LIST'
g++                 command g++
cmake               command cmake
ninja-build         command ninja
git                 command git
libeigen3-dev       header  eigen3/Eigen/Core
libgtest-dev        header  gtest/gtest.h
libbenchmark-dev    header  benchmark/benchmark.h
libcli11-dev        header  CLI/CLI.hpp
libtomlplusplus-dev header  toml++/toml.h
nlohmann-json3-dev  header  nlohmann/json.hpp
libhdf5-dev         header  hdf5.h
libboost-dev        header  boost/math/quadrature/gauss_kronrod.hpp
coinor-libclp-dev   header  coin/ClpSimplex.hpp
coinor-libcoinutils-dev header coin/CoinPackedMatrix.hpp
python3             command python3
python3-numpy       module  numpy
python3-h5py        module  h5py
python3-matplotlib  module  matplotlib
hdf5-tools          command h5dump
strace              command strace
LIST
}

orbitwalk_probe() {  # KIND NAME
  local prefix
  case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    module) python3 -c "import $2" >/dev/null 2>&1 ;;
    header)
      for prefix in /usr /usr/local ${CMAKE_PREFIX_PATH:+${CMAKE_PREFIX_PATH//[:;]/ }}; do
        [[ -e $prefix/include/$2 ]] && return 0
      done
      return 1 ;;
  esac
}

orbitwalk_missing_packages() {
  local package kind name state
  while read -r package kind name; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || orbitwalk_probe "$kind" "$name" || echo "$package"
  done < <(orbitwalk_packages)
}

orbitwalk_install_missing() {
  local -a missing sudo=()
  mapfile -t missing < <(orbitwalk_missing_packages)
  ((${#missing[@]})) || return 0
  local command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  local reason=""
  if ! command -v apt-get >/dev/null 2>&1; then
    reason="this system has no apt-get: install what these packages of Debian 12 hold"
  elif ((EUID != 0)); then
    command="sudo sh -c '$command'"
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      sudo=(sudo -n)
    else
      reason="installing needs root"
    fi
  fi
  if [[ $reason ]]; then
    orbitwalk_report_missing "$reason" "$command" "${missing[@]}"
    return 2
  fi
  echo "setup: installing ${missing[*]}"
  local log
  log=$(mktemp)
  # A failing update is not final: the lists at hand may do, and the installation says so where they do not.
  local -a apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >"$log" 2>&1 </dev/null ||
    echo "setup: apt-get update failed; trying to install all the same" >&2
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    orbitwalk_report_missing "apt-get could not install them (see above)" "$command" "${missing[@]}"
    return 2
  fi
  rm -f "$log"
  echo "setup: installed"
}

orbitwalk_report_missing() {  # REASON COMMAND PACKAGE...
  local reason=$1 command=$2
  shift 2
  { echo "setup: missing packages: $*"
    echo "setup: $reason; the command on Debian and Ubuntu:"
    echo "  $command"; } >&2
}

# Parallel compilations: one a processor, and no more than one for every 2 GiB of free memory (or of a cgroup's limit).
orbitwalk_jobs() {
  local jobs memory limit
  jobs=$(nproc 2>/dev/null || echo 1)
  memory=$(awk '/^MemAvailable:/ {printf "%d", $2 / 1024}' /proc/meminfo 2>/dev/null || true)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)
  if [[ $limit =~ ^[0-9]+$ ]] && { [[ ! $memory ]] || ((limit / 1048576 < memory)); }; then
    memory=$((limit / 1048576))
  fi
  [[ $memory ]] && ((memory / 2048 < jobs)) && jobs=$((memory / 2048))
  echo $((jobs > 1 ? jobs : 1))
}

# Prints nvcc's path, and nothing where there is none.
orbitwalk_nvcc() {
  command -v nvcc 2>/dev/null || { [[ -x /usr/local/cuda/bin/nvcc ]] && echo /usr/local/cuda/bin/nvcc; } || true
}

# Prints what the NVIDIA driver calls the first GPU, and nothing where there is none.
orbitwalk_gpu() {
  local list
  list=$(nvidia-smi -L 2>/dev/null) && [[ $list == GPU* ]] && echo "${list%%$'\n'*}" || true
}

orbitwalk_setup() {
  case ${1:-} in
    "") orbitwalk_install_missing && echo "setup: nothing is missing" ;;
    --check)
      local -a missing
      mapfile -t missing < <(orbitwalk_missing_packages)
      ((${#missing[@]} == 0)) && echo "setup: nothing is missing" && return 0
      echo "setup: missing packages: ${missing[*]}" >&2
      return 2 ;;
    -h | --help) sed -n '5,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
    *) echo "setup: unknown argument $1 (see --help)" >&2; return 2 ;;
  esac
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  orbitwalk_setup "$@"
fi
