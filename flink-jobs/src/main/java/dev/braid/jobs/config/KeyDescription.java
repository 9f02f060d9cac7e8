package dev.braid.jobs.config;

/**
 * What a person needs to know of a key.
 *
 * @param name as it is written in the file, groups separated by dots
 * @param option its short form on the command line, or null where there is none
 * @param allowed what its value may be
 * @param fallback its default, in a user's writing
 * @param description one or two sentences
 */
public record KeyDescription(
    String name, String option, String allowed, String fallback, String description) {}
