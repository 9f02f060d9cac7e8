/**
 * What happens to rows, gradients and experts beside the gradient itself. A new life is a record
 * with its word, and one entry in {@link dev.braid.experts.moe.life.Lives}.
 */
package dev.braid.experts.moe.life;
