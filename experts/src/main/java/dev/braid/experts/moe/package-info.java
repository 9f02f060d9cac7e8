/**
 * The parts of a dense Mixture-of-Experts layer that predicts and learns in micro-batches, as
 * interfaces. A part is an immutable record: it declares its arrays as {@link
 * dev.braid.experts.moe.Tensor}s, and the layer places, initialises, saves, grows and rests them.
 *
 * <p>A batch's way: a {@link dev.braid.experts.moe.Score} rates the experts for each row, an {@link
 * dev.braid.experts.moe.Assign} turns scores into pairs of row and expert with weights, each
 * expert, of some {@link dev.braid.experts.moe.Kind}, computes its rows, a {@link
 * dev.braid.experts.moe.Combine} makes logits of that, and {@link
 * dev.braid.experts.moe.CrossEntropy} probabilities. The way back is the same in reverse; {@link
 * dev.braid.experts.moe.Penalty} adds to the gradient of the gate, {@link
 * dev.braid.experts.moe.Life} changes those of rows and experts. A {@link
 * dev.braid.experts.moe.Codec} is the form of weights at rest, a {@link
 * dev.braid.experts.moe.Forecast} says which experts to have in memory.
 *
 * <p>All matrices are row-major {@code float} arrays. In shapes, B is the rows of a batch, d the
 * inputs and c the classes of each expert, E the experts that the gate chooses from and T those
 * plus the shared ones.
 */
package dev.braid.experts.moe;
