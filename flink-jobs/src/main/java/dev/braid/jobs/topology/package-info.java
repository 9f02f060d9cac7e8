/** The jobs: how sources, operators and sinks are put together and configured. */
package dev.braid.jobs.topology;
