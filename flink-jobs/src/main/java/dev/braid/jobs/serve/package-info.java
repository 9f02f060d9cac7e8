/** {@code ./braid serve}: holds the models that a job publishes, and predicts over HTTP. */
package dev.braid.jobs.serve;
