/**
 * Braid in a Flink program of one's own: learners on any stream of events, without Kafka.
 *
 * <p>{@link dev.braid.jobs.api.BraidStream} is where to begin.
 */
package dev.braid.jobs.api;
