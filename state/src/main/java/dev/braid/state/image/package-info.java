/**
 * The binary form in which every stateful part of Braid is saved.
 *
 * <p>All numbers are little-endian. An image ends in a checksum of all before it and begins with a
 * kind and a format version ({@link dev.braid.state.image.ImageKind} is the table of all), so that
 * a reader refuses what is damaged and what it does not know. Arrays carry their length, which the
 * reader checks against the bytes that are left before it allocates.
 */
package dev.braid.state.image;
