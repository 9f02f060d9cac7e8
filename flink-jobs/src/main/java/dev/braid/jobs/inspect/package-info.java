/** Looks into savepoints and retained checkpoints without a cluster. */
package dev.braid.jobs.inspect;
