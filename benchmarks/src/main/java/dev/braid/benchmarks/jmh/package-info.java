/**
 * Micro-benchmarks. Run with {@code mvn -q -Pjmh -pl benchmarks -am process-classes
 * -Djmh.args="NAME -f 1 -wi 3 -i 5"}; without {@code jmh.args} it lists them.
 */
package dev.braid.benchmarks.jmh;
