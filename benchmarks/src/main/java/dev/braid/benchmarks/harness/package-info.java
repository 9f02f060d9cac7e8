/** Prequential runs: contestants on a stream, what is measured, and the file of results. */
package dev.braid.benchmarks.harness;
