/**
 * Gates: scores of a row's experts, which of them compute it with which weight, and further losses.
 * A new one is a record with its word, and one entry in {@link dev.braid.experts.moe.gate.Gates}.
 */
package dev.braid.experts.moe.gate;
