#!/usr/bin/env bash
# Makes benchmarks/target/gpu, all that the check of the CUDA backend needs on a machine with a
# device, then runs that check here with nothing on the path but a few basic tools: without a
# device it must end well and say "no device" in every part, or something is missing in the folder.
#
#   benchmarks/gpu/pack.sh
#
# Needs Maven, a JDK 17 with jlink for x86-64 Linux, tar and xz. MVN names another command than mvn.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "The folder holds a Java runtime of this machine: make it on x86-64 Linux." >&2
  exit 2
fi
target=benchmarks/target
folder=$target/gpu
staging=$target/gpu-staging
rm -rf "$folder" "$staging" "$target/gpu-libraries" "$target/gpu-markers"
mkdir -p "$folder" "$staging"

"${MVN:-mvn}" -q -B -Pgpu -pl benchmarks -am package -DskipTests
mv "$target/gpu-libraries" "$staging/lib"
cp -r "$target/classes" "$staging/lib/braid-benchmarks"
cp -r experts/target/test-classes "$staging/lib/braid-experts-tests"
jlink --add-modules java.base,java.logging,java.management,java.management.rmi,java.naming,java.rmi,java.sql,jdk.management,jdk.unsupported \
  --strip-debug --no-header-files --no-man-pages --output "$staging/runtime"
{
  git rev-parse HEAD
  git diff --quiet HEAD || echo "with changes that are not committed"
} > "$staging/VERSION" 2> /dev/null || echo "of no repository" > "$staging/VERSION"

tar -C "$staging" --sort=name --owner=0 --group=0 -cf - . | xz -T0 -6 > "$folder/check.tar.xz"
cp benchmarks/gpu/check.sh benchmarks/gpu/torch_step.py benchmarks/gpu/longest_kernels.py "$folder/"
rm -rf "$staging"
bytes=$(du -sb "$folder" | cut -f 1)
echo "$folder: $bytes bytes"
if [ "$bytes" -gt 60000000 ]; then
  echo "More than the 60 MB that may be carried." >&2
  exit 1
fi

tools=$target/gpu-tools
rm -rf "$tools"
mkdir -p "$tools"
for tool in bash cat cut date dirname env find grep head mkdir mktemp rm sed tail tar tee timeout tr uname xz; do
  ln -s "$(command -v "$tool")" "$tools/$tool"
done
env -i PATH="$PWD/$tools" "$PWD/$folder/check.sh" --out "$PWD/$target/gpu-dry-run"
