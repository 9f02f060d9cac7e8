/**
 * The binary form in which every stateful part of Braid is saved.
 *
 * <p>All numbers are little-endian. An image begins with a kind (four ASCII letters) and a format
 * version, so that a reader refuses what it does not know by name. Arrays carry their length, which
 * the reader checks against the bytes that are left before it allocates: a damaged image is refused
 * and never read out of bounds.
 */
package dev.braid.state.image;
