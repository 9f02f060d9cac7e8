package dev.braid.benchmarks.dense;

/**
 * Seconds of a step.
 *
 * @param median over the steps measured
 * @param mean over them; holds the copies of weights to the host, which come every so many steps
 */
public record StepTime(double median, double mean) {}
