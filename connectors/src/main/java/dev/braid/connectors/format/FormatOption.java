package dev.braid.connectors.format;

/**
 * Something that can be set of a format.
 *
 * @param name as it is written in a configuration
 * @param defaultValue its value where none is given, in the same writing; possibly empty
 * @param description for the reference page, one or two sentences
 */
public record FormatOption(String name, String defaultValue, String description) {}
