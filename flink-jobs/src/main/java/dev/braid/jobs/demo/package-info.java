/** The demo: a broker, a cluster, a stream, the job, and a report of how it went. */
package dev.braid.jobs.demo;
