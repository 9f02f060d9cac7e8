/** The live page: what a job tells of itself on its topics, as it happens, in a browser. */
package dev.braid.jobs.live;
