/** The Flink operator that keeps one learner per model key, and what it is made of. */
package dev.braid.jobs.operator;
