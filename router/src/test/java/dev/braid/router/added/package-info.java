/**
 * An expert, a detector, a combiner and a preset as a contributor adds them: one class each, and
 * its line in {@code META-INF/services} among the test resources. The contract tests go through the
 * registries, so they hold these to what they hold all others to.
 */
package dev.braid.router.added;
