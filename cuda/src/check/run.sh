#!/bin/bash
# Checks this machine's GPU. Needs NVIDIA's driver and the libraries of CUDA 13 or 12 (such as those of a PyTorch
# installation); no network, no root, no Java.
#
#   run.sh [PART[=SECONDS]...]
#
# Parts, in the order given (default: all but profile, in this order), each with its limit in seconds:
#   probe       10   the parts of the GPU one by one
#   operations  40   gradients of every operation against double precision
#   fixtures    30   gradients against PyTorch's, of photographs
#   resume      30   an interrupted training continues bit for bit
#   speed       70   images/s of training, or speed:CASE:FORMAT:SECONDS
#   accuracy    90   trainings with seconds and test accuracy, or accuracy:CASE:FORMAT:SEEDS
#   pytorch     80   images/s of the same networks in PyTorch and here, in turn, or pytorch:CASE:FORMAT:CASE:FORMAT...
#   profile     30   profile:CASE:FORMAT: microseconds of each operation of a step
# Cases: book-96, resnet20, resnet50-96, speedrun, book-28; formats: f32, tf32, bf16.
# Several in one process: operations+fixtures=90. A part that fails or takes too long does not stop the others.
# Results: PART.jsonl, a line of JSON each, PART.log, and run.json.
#
# Environment: OUT (folder of results; default: ./results), PYTHON (one that has PyTorch; default: found),
# RESIDUAL_CUDA_LIBRARIES (folders of CUDA's libraries; default: found), JAVA_OPTIONS.
set -uo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
all='probe operations fixtures resume speed accuracy pytorch'
declare -A limits=([probe]=10 [operations]=40 [fixtures]=30 [resume]=30 [speed]=70 [accuracy]=90 [pytorch]=80 [profile]=30)
[ $# -gt 0 ] || set -- $all
for part; do
  for name in $(tr + ' ' <<< "${part%=*}"); do
    [ -n "${limits[${name%%:*}]:-}" ] || { echo "run.sh: unknown part '$name': expected some of $all profile" >&2; exit 2; }
  done
done
out=${OUT:-results}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 1

# Where the runtime is unpacked: beside this file, or else in the results.
unpack() {
  for runtime in "$home/runtime" "$out/runtime"; do
    [ -x "$runtime/bin/java" ] && return
    if tar -C "$(dirname "$runtime")" -xzf "$home/runtime.tar.gz" 2> /dev/null; then return; fi
  done
  echo "run.sh: cannot unpack $home/runtime.tar.gz" >&2
  exit 1
}

# Sets java to a command that works, with the runtime's own copies of libraries if the system lacks them.
find_java() {
  java=("$runtime/bin/java")
  "${java[@]}" -version > "$out/java.txt" 2>&1 && return
  java=(env LD_LIBRARY_PATH="$runtime/lib/fallback${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$runtime/bin/java")
  "${java[@]}" -version > "$out/java.txt" 2>&1 && return
  cat "$out/java.txt" >&2
  echo "run.sh: Java does not start: it needs glibc $(cat "$home/glibc.txt"), here is $(ldd --version 2>&1 | head -1)" >&2
  exit 1
}

has_torch() { [ -x "$1" ] && "$1" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' 2> /dev/null; }

# Sets python to one that has PyTorch, or to nothing.
find_python() {
  python=${PYTHON:-}
  [ -n "$python" ] && return
  for candidate in ${VIRTUAL_ENV:+"$VIRTUAL_ENV/bin/python3"} ${CONDA_PREFIX:+"$CONDA_PREFIX/bin/python3"} \
    "$(command -v python3)" /opt/*/.venv/bin/python3 /opt/*/bin/python3 "$HOME"/*/.venv/bin/python3 "$HOME"/*/bin/python3; do
    if has_torch "$candidate"; then python=$candidate; return; fi
  done
}

# Runs a command under a limit, its output in a file and on the screen; returns its status (124: too long).
limited() {
  timeout -k 5 "$1" "${@:3}" > "$2" 2>&1 < /dev/null
  local status=$?
  tail -n "${TAIL:-15}" "$2"
  return $status
}

run_part() {
  local name=$1 seconds=$2 log
  log=$out/$(tr ':/' '__' <<< "$name").log
  local options=(-Xmx4g -XX:+ExitOnOutOfMemoryError "-XX:ErrorFile=${log%.log}-crash.log" -Djna.nounpack=true
    "-Djna.boot.library.path=$home/lib" "-Dcheck.home=$home" "-Dcheck.out=$out" "-Dcheck.python=$python"
    "-Dcheck.commit=$(cat "$home/commit.txt")" -cp "$home/lib/*")
  # shellcheck disable=SC2206
  options+=(${JAVA_OPTIONS:-})
  case $name in
    probe)
      TAIL=60 limited "$seconds" "$log" "${java[@]}" "${options[@]}" io.residual.cuda.nvidia.Probe "$out/cache" || return
      ! grep -q '^FAIL' "$log"
      ;;
    *)
      [[ $name != *pytorch* || -n "$python" ]] || { echo "no Python with PyTorch was found: set PYTHON"; return 3; }
      # shellcheck disable=SC2046
      TAIL=40 limited "$seconds" "$log" "${java[@]}" "${options[@]}" io.residual.training.device.check.DeviceCheck \
        $(tr + ' ' <<< "$name")
      ;;
  esac
}

unpack
find_java
find_python
# Where PyTorch's packages of CUDA lie; the library search looks there.
if [ -n "$python" ] && [ -z "${VIRTUAL_ENV:-}" ]; then
  VIRTUAL_ENV=$("$python" -c 'import sys; print(sys.prefix)') && export VIRTUAL_ENV
fi
{
  uname -srm; ldd --version 2>&1 | head -1; nproc; cat "$out/java.txt"; echo "python: ${python:-none}"
  command -v nvidia-smi > /dev/null && timeout 20 nvidia-smi
} > "$out/machine.txt" 2>&1
started=$SECONDS failed=0 entries=
for part; do
  name=${part%=*} seconds=0
  for each in $(tr + ' ' <<< "$name"); do seconds=$((seconds + limits[${each%%:*}])); done
  [ "$name" = "$part" ] || seconds=${part#*=}
  echo "== $name (at most $seconds s)"
  before=$SECONDS
  run_part "$name" "$seconds"
  status=$?
  case $status in
    0) result=passed ;;
    124 | 137) result='too long' ;;
    3) result=impossible ;;
    *) result=failed ;;
  esac
  [ $status = 0 ] || failed=1
  echo "== $name: $result after $((SECONDS - before)) s (status $status)"
  entries+="${entries:+,}
  {\"part\": \"$name\", \"result\": \"$result\", \"status\": $status, \"seconds\": $((SECONDS - before)), \"limit\": $seconds}"
  printf '{"commit": "%s", "seconds": %d, "parts": [%s\n]}\n' "$(cat "$home/commit.txt")" $((SECONDS - started)) "$entries" \
    > "$out/run.json"
done
echo "results: $out"
exit $failed
