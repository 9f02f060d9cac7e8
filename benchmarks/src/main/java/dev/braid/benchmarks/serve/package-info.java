/** Load on {@code ./braid serve}, and what it takes to have something served. */
package dev.braid.benchmarks.serve;
