/** The stage in front of the models: a dense layer, computed in micro-batches. */
package dev.braid.jobs.dense;
