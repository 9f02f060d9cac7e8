/** The drift benchmark: streams, peers, the prequential harness and its reports. */
package dev.braid.benchmarks;
