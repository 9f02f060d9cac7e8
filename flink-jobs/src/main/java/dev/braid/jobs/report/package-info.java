/** The report of a run: one HTML page that needs nothing beside itself. */
package dev.braid.jobs.report;
