/**
 * The small matrix core and the networks built on it.
 *
 * <p>Plain Java loops in a fixed order over one array per row: C2 turns them into vector code, and
 * every machine computes the same bits. Matrices are {@code float[rows][columns]}.
 */
package dev.braid.experts.moe.net;
