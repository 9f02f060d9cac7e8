/** The job on a real cluster: broker, job manager and task managers as processes of their own. */
package dev.braid.jobs.cluster;
