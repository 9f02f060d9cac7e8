package dev.braid.jobs.config;

/**
 * A group of keys whose last part is the user's to choose.
 *
 * @param start of each such key, with its last dot
 * @param description for the reference page
 */
record ConfigPrefix(String start, String description) {}
