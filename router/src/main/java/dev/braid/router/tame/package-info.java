/** The preset {@code tame}: one expert per task. */
package dev.braid.router.tame;
