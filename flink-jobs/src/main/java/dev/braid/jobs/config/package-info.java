/** The configuration of a job: one table of keys, read from a YAML file and the command line. */
package dev.braid.jobs.config;
