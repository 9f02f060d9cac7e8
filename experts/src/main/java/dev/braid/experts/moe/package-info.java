/**
 * A dense Mixture-of-Experts layer that predicts and learns in micro-batches: {@link
 * dev.braid.experts.moe.layer.DenseMoe}.
 *
 * <p>All matrices are row-major {@code float} arrays. In shapes, B is the rows of a batch, d the
 * inputs, h the hidden units and c the classes of each expert, E the experts that the gate chooses
 * from and T those plus the shared ones.
 */
package dev.braid.experts.moe;
