/**
 * The small matrix core and the multi-layer perceptron built on it, for networks of few rows at a
 * time.
 *
 * <p>Plain Java loops in a fixed order over one array per row: C2 turns them into vector code, and
 * every machine computes the same bits. Matrices are {@code float[rows][columns]}.
 */
package dev.braid.experts.moe.net;
