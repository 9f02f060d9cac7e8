/** Drift detectors on streams whose drifts are known. */
package dev.braid.benchmarks.detection;
