/** {@code ./braid bench-numbers}: learners of numbers, measured and compared. */
package dev.braid.benchmarks.numbers;
