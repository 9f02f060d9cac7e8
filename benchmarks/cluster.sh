#!/usr/bin/env bash
# Measures the job on a cluster of processes on this machine; see --help. Builds first, with the
# tests' classes, in which the cluster and the measurement are.
#   BRAID_NO_BUILD   set to measure what was built last
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

if [ -z "${BRAID_NO_BUILD:-}" ]; then
  log="$root/flink-jobs/target/cluster-build.log"
  mkdir -p "$(dirname "$log")"
  if ! (cd "$root" && mvn --batch-mode --no-transfer-progress -pl flink-jobs -am package \
    dependency:build-classpath -DskipTests -Dspotless.check.skip=true \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath) >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "benchmarks/cluster.sh: the build failed: see Maven's output above" >&2
    exit 1
  fi
fi

exec "$java" --add-opens=java.base/java.util=ALL-UNNAMED -Xmx3g \
  -Dbraid.job.jar="$root/flink-jobs/target/braid-job.jar" \
  -Dbraid.cluster.folder="$root/flink-jobs/target/cluster" \
  -Dlog4j2.level=WARN \
  -cp "$root/flink-jobs/target/test-classes:$root/flink-jobs/target/classes:$(cat "$root/flink-jobs/target/test.classpath")" \
  dev.braid.jobs.cluster.ClusterFigures "$@"
