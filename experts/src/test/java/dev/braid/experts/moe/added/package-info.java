/**
 * Parts of a layer as a contributor adds them: a record each, and its word in {@link
 * dev.braid.experts.moe.added.Added}, which a line in {@code META-INF/services} among the test
 * resources names. The contract tests go through the registries, so they hold these to what they
 * hold all others to.
 */
package dev.braid.experts.moe.added;
