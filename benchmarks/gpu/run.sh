#!/usr/bin/env bash
# Step time of the dense MoE layer on a CUDA device, as one Markdown table on standard output;
# beside it PyTorch's step on the same shapes, where torch is installed.
#
#   benchmarks/gpu/run.sh [FOLDER]
#
# FOLDER holds the jars (default: benchmarks/target/gpu). Make it on any machine with
#   mvn -Pgpu -pl benchmarks -am package -DskipTests
# and carry it over: here only Java 17, the NVIDIA driver and CUDA 13 (runtime, cuBLAS) are needed.
# JAVA and PYTHON name other commands than java and python3; SECONDS_EACH (default 2) is how long
# each line is measured, after as long a warm-up.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
jars=${1:-$here/../target/gpu}
if ! compgen -G "$jars/*.jar" > /dev/null; then
  echo "No jars in $jars: run mvn -Pgpu -pl benchmarks -am package -DskipTests" >&2
  exit 2
fi
for folder in /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib; do
  if [ -d "$folder" ]; then
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
  fi
done
export LD_LIBRARY_PATH
seconds=${SECONDS_EACH:-2}
"${JAVA:-java}" -Xmx16g -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -cp "$jars/*" dev.braid.benchmarks.dense.GpuTable "$seconds"
if "${PYTHON:-python3}" -c 'import torch; assert torch.cuda.is_available()' 2> /dev/null; then
  "${PYTHON:-python3}" "$here/torch_step.py" "$seconds"
else
  echo
  echo "PyTorch with CUDA is not installed here: no lines of its own."
fi
