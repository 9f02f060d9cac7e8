/** The command line: one main class, and the commands found on the class path. */
package dev.braid.jobs.cli;
