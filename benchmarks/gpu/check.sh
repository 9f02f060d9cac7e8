#!/usr/bin/env bash
# Checks the CUDA backend on this machine, within eight minutes: which card, the twins on CPU and
# device, memory and race checks, step times beside PyTorch, the operator at full load, and the loss
# of the device. Without a device every part says so, and does what can be done without one.
#
#   benchmarks/target/gpu/check.sh --out FOLDER
#
# Make that folder with benchmarks/gpu/pack.sh on any x86-64 Linux and carry it over; the machine
# needs no Java. CUDA 13 (runtime, cuBLAS) and the driver are needed there; python3 with torch,
# compute-sanitizer and ncu are used where they are.
#
# Writes FOLDER/results.md as it goes, and logs beside it. A line "verdict: goal=..." says of each
# goal whether it was met, missed by how much, or not measured. Ends with 0 where every part was
# carried out, be its goals met or missed, and with 1 where one failed, was cut, or found no device
# although the driver has one.
set -uo pipefail

out=
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?"--out needs a folder"} && shift 2 ;;
    *) echo "usage: check.sh --out FOLDER" >&2 && exit 2 ;;
  esac
done
[ -n "$out" ] || { echo "usage: check.sh --out FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -f "$out"/results.md "$out"/log.txt "$out"/steps.csv "$out"/tests.txt "$out"/memcheck.txt \
  "$out"/racecheck.txt "$out"/ncu.txt "$out"/ncu.ncu-rep
results=$out/results.md
log=$out/log.txt
work=$(mktemp -d "${TMPDIR:-/tmp}/braid-gpu.XXXXXX")
trap 'rm -rf "$work"' EXIT

total=465
# What is kept for the parts behind the one that runs.
reserve=125
failed=()
summary=()
goals=(twin-tests twin-outputs-fp32 twin-losses-fp32 memcheck racecheck
  step-share-fp32 step-share-tf32 step-share-bf16
  step-against-torch-fp32 step-against-torch-tf32 step-against-torch-bf16
  operator-device-busy loss-cpu-takes-over)

say() { printf "%s\n" "$@" | tee -a "$results"; }
verdict() { say "" "verdict: goal=$1 result=$2${3:+ $3}"; }
fail() { failed+=("$1"); say "" "FAILED: $1: $2"; }
has() { command -v "$1" > /dev/null 2>&1; }

# part NAME SECONDS COMMAND...: runs no longer than that, nor than what is left of the whole.
code=0
part() {
  local name=$1 limit=$2 left=$((total - SECONDS - reserve))
  shift 2
  if [ "$left" -lt 5 ]; then
    code=124
    fail "$name" "no time was left for it"
    return
  fi
  [ "$limit" -le "$left" ] || limit=$left
  local begin=$SECONDS
  timeout -k 5 "$limit" "$@" 2>> "$log" | tee -a "$results"
  code=${PIPESTATUS[0]}
  say "" "($name: $((SECONDS - begin)) s of at most $limit)" ""
  case $code in
    0) ;;
    3) [ -z "$card" ] || fail "$name" "found no device, but the driver has one" ;;
    124 | 137) fail "$name" "was cut after $limit s" ;;
    *) fail "$name" "ended with $code; see log.txt" ;;
  esac
}

say "# The CUDA backend on a device" ""

# What is here, by its own word.
for folder in /usr/local/cuda/bin /opt/nvidia/nsight-compute/*/ /usr/local/nvidia/bin; do
  [ ! -d "$folder" ] || PATH=$PATH:${folder%/}
done
card=
if has nvidia-smi; then
  card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>> "$log" | head -n 1)
fi
say "- date: $(date -u '+%Y-%m-%d %H:%M UTC')"
say "- card: ${card:-no device: nvidia-smi is not here or finds none}"
say "- machine: $(uname -srm)"
say "- nvcc: $( (nvcc --version 2> /dev/null || echo 'not here') | tail -n 1)"
say "- ncu: $( (ncu --version 2> /dev/null || echo 'not here') | tail -n 1)"
say "- compute-sanitizer: $( (compute-sanitizer --version 2> /dev/null || echo 'not here') | tail -n 1)"
torch=$(timeout 30 python3 -c 'import torch; print(torch.__version__, "CUDA", torch.version.cuda)' 2>> "$log")
say "- PyTorch: ${torch:-not here}"

if ! { has xz && tar -xJf "$here/check.tar.xz" -C "$work"; } 2>> "$log"; then
  if ! python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' \
    "$here/check.tar.xz" "$work" 2>> "$log"; then
    fail unpacking "neither tar with xz nor python3 unpacks $here/check.tar.xz"
    exit 1
  fi
fi
say "- Braid: $(tr '\n' ' ' < "$work/VERSION")"
say "- unpacked after $SECONDS s" ""

libraries=
for name in libcudart.so.13 libcublas.so.13 libcuda.so.1; do
  found=$(find -L /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib /usr/local/nvidia/lib64 \
    /usr/lib/x86_64-linux-gnu /opt /usr/local/lib /usr/local/nvidia -maxdepth 9 -name "$name" \
    -not -path '*/stubs/*' -print 2> /dev/null | head -n 1)
  [ -z "$found" ] || libraries=$libraries${libraries:+:}$(dirname "$found")
done
lib=$work/lib
classpath=$(find "$lib" -mindepth 1 -maxdepth 1 -type d -print | tr '\n' ':')
java=(env "LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  "$work/runtime/bin/java" -Xmx12g -XX:+UseParallelGC --add-opens=java.base/java.util=ALL-UNNAMED
  "-Djava.io.tmpdir=$work" "-Dorg.bytedeco.javacpp.cachedir=$work/javacpp"
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$classpath")
check=("${java[@]}" dev.braid.benchmarks.gpu.GpuCheck)

say "## Driver and libraries" ""
part card 20 "${check[@]}" card
device=
[ "$code" != 0 ] || device=yes

say "## Twins on CPU and device" "" "Tests that need a device (tests.txt has them all):" ""
least=24
tests() {
  "${java[@]}" org.junit.platform.console.ConsoleLauncher execute \
    "--scan-classpath=$lib/braid-experts-tests" --include-tag=device \
    --details=tree --disable-ansi-colors --disable-banner > "$out/tests.txt"
  local code=$?
  grep -E '^\[ .* tests (found|aborted|successful|failed) ' "$out/tests.txt"
  grep -hoE 'promised Distance.*|no CUDA device: .*' "$out/tests.txt" | head -n 1
  return "$code"
}
number() { grep -E "tests $1 " "$out/tests.txt" 2> /dev/null | tr -cd '0-9'; }
export -f tests
export out lib
part tests 60 bash -c "$(declare -p java); tests"
found=$(number found)
if [ "${found:-0}" -lt "$least" ]; then
  fail tests "${found:-no} tests where $least or more are expected: the folder is incomplete"
elif [ -z "$device" ]; then
  say "no device: $(number aborted) of $found tests were left out"
elif [ "$code" = 0 ] && [ "$(number aborted)" -le 1 ]; then
  verdict twin-tests met "found=$found failed=0"
else
  verdict twin-tests missed "found=$found failed=$(number failed) aborted=$(number aborted)"
fi
say "" "200 steps, the same batches, E=8, d/h/c=64/256/10, B=64:" ""
part twins 30 "${check[@]}" twins

say "## Memory and races" ""
for tool in memcheck racecheck; do
  if [ -z "$device" ]; then
    part "$tool" 20 "${check[@]}" short-step
  elif has compute-sanitizer; then
    part "$tool" 40 compute-sanitizer --tool "$tool" --target-processes all --report-api-errors no \
      --error-exitcode 42 --log-file "$out/$tool.txt" "${check[@]}" short-step
    tail -n 2 "$out/$tool.txt" 2> /dev/null | tee -a "$results"
    case $code in
      0) verdict "$tool" met ;;
      42) verdict "$tool" missed "see=$tool.txt" ;;
    esac
  else
    say "$tool: compute-sanitizer is not here"
  fi
done

say "## Step times" "" "Every row labelled; large product: 8192 cubed, by cuBLAS, in the same run, TFLOP/s." ""
part steps 80 "${check[@]}" steps 55 "$out/steps.csv"
say "PyTorch's step of the same layer, beside ours from above:" ""
if [ -z "$torch" ]; then
  say "no device: python3 with torch is not here either" ""
else
  part torch 110 env PYTHONUNBUFFERED=1 python3 "$here/torch_step.py" 85 "$out/steps.csv"
fi

say "## The operator at full load" "" \
  "E=64, d/h/c=512/2048/100, B=1024; events as JSON, decoded in parallel, no checkpoints." ""
reserve=50
part operator 75 "${check[@]}" operator 10

say "## Loss of the device" ""
reserve=0
part loss 50 "${check[@]}" loss

# Where a step or the load missed its goal: what the three longest kernels do.
missed=$(grep -oE '^verdict: goal=(step|operator)[^ ]* result=missed' "$results" | head -n 1)
if [ -n "$missed" ] && [ -n "$device" ]; then
  say "## Profile" "" "Since ${missed#verdict: }; ncu.txt has more." ""
  precision=$(printf '%s' "$missed" | grep -oE 'fp32|tf32|bf16')
  if has ncu; then
    profile() {
      local one=("${check[@]}" one-step "${1:-fp32}")
      ncu --target-processes all --metrics gpu__time_duration.sum --csv --page raw \
        "${one[@]}" > "$work/kernels.csv" || return 1
      python3 "$here/longest_kernels.py" "$work/kernels.csv" 3> "$work/names" || return 1
      ncu --target-processes all --set detailed --kernel-name "regex:^($(cat "$work/names"))$" \
        --launch-count 6 --export "$out/ncu" --force-overwrite "${one[@]}" || return 1
      ncu --import "$out/ncu.ncu-rep" --page details > "$out/ncu.txt"
    }
    export -f profile
    export here work
    part profile 60 bash -c "$(declare -p check); profile ${precision:-fp32}"
  else
    fail profile "ncu is not here"
  fi
fi

say "## Verdicts" ""
for goal in "${goals[@]}"; do
  line=$(grep -E "^verdict: goal=$goal " "$results" | head -n 1)
  summary+=("${line:-verdict: goal=$goal result=not-measured}")
done
say "${summary[@]}" "" "All took $SECONDS s."
if [ ${#failed[@]} -gt 0 ]; then
  say "Failed: ${failed[*]}"
  exit 1
fi
say "No part failed."
