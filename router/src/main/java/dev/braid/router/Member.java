package dev.braid.router;

/**
 * An expert of a learner, as predictions, metrics and reports name it.
 *
 * @param name what it is, numbered where several are: {@code knn}, {@code tree-3}; unique in the
 *     learner and the same for its life
 * @param kind as {@code Expert.kind()} gives it
 * @param group the experts that may rest together, and run on a slot of their own
 */
public record Member(String name, String kind, String group) {}
